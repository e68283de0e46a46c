//! The last answer of a session: what of it was wanted, taking it out to be
//! read later, and giving its buffers back.

use super::Session;
use crate::client::http1::chain::Chain;
use crate::client::http1::excerpt::{Glimpse, copy};
use crate::model::{Charset, CopiedAnswer};

/// An answer, as far as it was wanted or can still be shown.
#[derive(Debug, Default)]
pub struct Kept {
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
    /// The address that answered, if it was wanted.
    pub(super) url: String,
    pub(super) facts: BodyFacts,
    /// What can be shown of it beside that.
    pub(super) glimpse: Glimpse,
    /// What is kept of earlier hops. Boxed: most users never need the room.
    pub(super) chain: Option<Box<Chain>>,
}

/// What is known of a body beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BodyFacts {
    pub(super) charset: Option<Charset>,
    /// Bytes of it, decoded if its size was wanted.
    pub(super) size: u64,
}

impl Session {
    /// The head of the last answer as it came, if it was wanted.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.last.head
    }

    /// The decoded body of the last answer, if it was wanted.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.last.body
    }

    /// The address that the last answer came from, if it was wanted.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.last.url
    }

    /// Bytes of the body of the last answer, decoded if that or its size was
    /// wanted.
    #[must_use]
    pub fn body_size(&self) -> u64 {
        self.last.facts.size
    }

    /// The charset that the last answer names for its body, if that was wanted.
    #[must_use]
    pub fn charset(&self) -> Option<Charset> {
        self.last.facts.charset
    }

    /// The value of one of the user's cookies, wherever it was set.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<Vec<u8>> {
        let clock = &self.client.clock;
        let now_unix_us = clock.unix_us(clock.now_us());
        let jar = self.jar.borrow();
        jar.value(name, now_unix_us).map(<[u8]>::to_vec)
    }

    /// Gives the buffers of the last sample back to the shard.
    pub fn release(&mut self) {
        if let Some(chain) = &mut self.last.chain {
            chain.forget(|head| self.client.buffers.give(head));
        }
        self.release_answer();
    }

    pub(super) fn release_answer(&mut self) {
        for buffer in [&mut self.last.head, &mut self.last.body] {
            if buffer.capacity() > 0 {
                self.client.buffers.give(std::mem::take(buffer));
            }
        }
        self.forget_glimpse();
    }

    pub(super) fn forget_glimpse(&mut self) {
        self.last.glimpse.status = 0;
        self.last.glimpse.body_bytes = 0;
        self.last.glimpse.landed = None;
        if let Some(excerpt) = self.last.glimpse.excerpt.take() {
            self.client.buffers.excerpts.give(excerpt);
        }
    }

    /// Copies the beginning of the last answer, whether it was wanted or not,
    /// as far as it is still there. For the moment in which it has ended: who
    /// waits for anything first may find less.
    pub fn copy_answer(&self, head: &mut [u8], body: &mut [u8]) -> CopiedAnswer {
        let space = self.client.read_buffer.borrow();
        let is_there = self.last.glimpse.read == self.client.reads.get();
        let read = if is_there { &space[..] } else { &[] };
        let (mut head_len, mut body_len) = self.last.glimpse.copy(read, head, body);
        if head_len == 0 {
            head_len = copy(&self.last.head, head);
        }
        let is_decoded = !self.last.body.is_empty();
        if is_decoded {
            body_len = copy(&self.last.body, body);
        }
        CopiedAnswer {
            status: self.last.glimpse.status,
            head_len,
            body_len,
            is_decoded,
            body_bytes: self.last.glimpse.body_bytes,
            found: None,
            compared: None,
            hidden: Vec::new(),
        }
    }

    /// Takes the last answer out, to be read later.
    #[must_use]
    pub fn take_answer(&mut self) -> Kept {
        let records = self.records_hops();
        let mut answer = std::mem::take(&mut self.last);
        if records {
            self.record_hops();
        }
        let read = self.client.read_buffer.borrow();
        answer.glimpse.lift(&read, &self.client.buffers.excerpts);
        answer
    }

    /// Makes an answer that was taken out of this or a sibling the last answer.
    pub fn put_answer(&mut self, answer: Kept) {
        self.release();
        let chain = self.last.chain.take();
        self.last = answer;
        self.last.chain = self.last.chain.take().or(chain);
    }
}
