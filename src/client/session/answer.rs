//! The last answer of a session: what of it was wanted, taking it out to be
//! read later, and giving its buffers back.

use super::{BodyFacts, Session};
use crate::client::chain::Chain;
use crate::client::excerpt::{Glimpse, copy};
use crate::model::{Charset, CopiedAnswer};

/// An answer that waits to be read.
#[derive(Debug, Default)]
pub struct Kept {
    head: Vec<u8>,
    body: Vec<u8>,
    url: String,
    facts: BodyFacts,
    glimpse: Glimpse,
    chain: Option<Box<Chain>>,
}

impl Session {
    /// The head of the last answer as it came, if it was wanted.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The decoded body of the last answer, if it was wanted.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The address that the last answer came from, if it was wanted.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Bytes of the body of the last answer, decoded if that or its size was
    /// wanted.
    #[must_use]
    pub fn body_size(&self) -> u64 {
        self.facts.size
    }

    /// The charset that the last answer names for its body, if that was wanted.
    #[must_use]
    pub fn charset(&self) -> Option<Charset> {
        self.facts.charset
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
        if let Some(chain) = &mut self.chain {
            chain.forget(|head| self.client.buffers.give(head));
        }
        self.release_answer();
    }

    pub(super) fn release_answer(&mut self) {
        for buffer in [&mut self.head, &mut self.body] {
            if buffer.capacity() > 0 {
                self.client.buffers.give(std::mem::take(buffer));
            }
        }
        self.forget_glimpse();
    }

    pub(super) fn forget_glimpse(&mut self) {
        self.glimpse.status = 0;
        self.glimpse.body_bytes = 0;
        self.glimpse.landed = None;
        if let Some(excerpt) = self.glimpse.excerpt.take() {
            self.client.buffers.excerpts.give(excerpt);
        }
    }

    /// Copies the beginning of the last answer, whether it was wanted or not,
    /// as far as it is still there. For the moment in which it has ended: who
    /// waits for anything first may find less.
    pub fn copy_answer(&self, head: &mut [u8], body: &mut [u8]) -> CopiedAnswer {
        let space = self.client.read_buffer.borrow();
        let is_there = self.glimpse.read == self.client.reads.get();
        let read = if is_there { &space[..] } else { &[] };
        let (mut head_len, mut body_len) = self.glimpse.copy(read, head, body);
        if head_len == 0 {
            head_len = copy(&self.head, head);
        }
        let is_decoded = !self.body.is_empty();
        if is_decoded {
            body_len = copy(&self.body, body);
        }
        CopiedAnswer {
            status: self.glimpse.status,
            head_len,
            body_len,
            is_decoded,
            body_bytes: self.glimpse.body_bytes,
            found: None,
        }
    }

    /// Takes the last answer out, to be read later.
    #[must_use]
    pub fn take_answer(&mut self) -> Kept {
        let mut glimpse = std::mem::take(&mut self.glimpse);
        let read = self.client.read_buffer.borrow();
        glimpse.lift(&read, &self.client.buffers.excerpts);
        drop(read);
        Kept {
            head: std::mem::take(&mut self.head),
            body: std::mem::take(&mut self.body),
            url: std::mem::take(&mut self.url),
            facts: self.facts,
            glimpse,
            chain: self.take_chain(),
        }
    }

    /// Makes an answer that was taken out of this or a sibling the last answer.
    pub fn put_answer(&mut self, answer: Kept) {
        self.release();
        self.head = answer.head;
        self.body = answer.body;
        self.url = answer.url;
        self.facts = answer.facts;
        self.glimpse = answer.glimpse;
        if answer.chain.is_some() {
            self.chain = answer.chain;
        }
    }
}
