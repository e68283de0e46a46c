//! The last answer of a session: what of it was wanted, taking it out to be
//! read later, and giving its buffers back.

use super::Session;
use crate::client::http1::excerpt::{ResponseExcerpt, copy};
use crate::client::http1::redirect_chain::RedirectChain;
use crate::model::{Charset, CopiedAnswer};

/// An answer, as far as it was wanted or can still be shown.
#[derive(Debug, Default)]
pub struct KeptResponse {
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
    /// The address that answered, if it was wanted.
    pub(super) url: String,
    pub(super) facts: BodyFacts,
    /// What can be shown of it beside that.
    pub(super) excerpt: ResponseExcerpt,
    /// What is kept of earlier hops. Boxed: most users never need the room.
    pub(super) redirect_chain: Option<Box<RedirectChain>>,
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
        &self.response.head
    }

    /// The decoded body of the last answer, if it was wanted.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.response.body
    }

    /// The address that the last answer came from, if it was wanted.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.response.url
    }

    /// Bytes of the body of the last answer, decoded if that or its size was
    /// wanted.
    #[must_use]
    pub fn body_size(&self) -> u64 {
        self.response.facts.size
    }

    /// The charset that the last answer names for its body, if that was wanted.
    #[must_use]
    pub fn charset(&self) -> Option<Charset> {
        self.response.facts.charset
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
        if let Some(redirect_chain) = &mut self.response.redirect_chain {
            redirect_chain.forget(|head| self.client.buffers.give(head));
        }
        self.release_response();
    }

    pub(super) fn release_response(&mut self) {
        for buffer in [&mut self.response.head, &mut self.response.body] {
            if buffer.capacity() > 0 {
                self.client.buffers.give(std::mem::take(buffer));
            }
        }
        self.forget_glimpse();
    }

    pub(super) fn forget_glimpse(&mut self) {
        self.response.excerpt.status = 0;
        self.response.excerpt.body_bytes = 0;
        self.response.excerpt.range = None;
        if let Some(excerpt) = self.response.excerpt.copied.take() {
            self.client.buffers.excerpts.give(excerpt);
        }
    }

    /// Copies the beginning of the last answer, whether it was wanted or not,
    /// as far as it is still there. For the moment in which it has ended: who
    /// waits for anything first may find less.
    pub fn copy_response(&self, head: &mut [u8], body: &mut [u8]) -> CopiedAnswer {
        let space = self.client.read_buffer.borrow();
        let is_there = self.response.excerpt.read == self.client.reads.get();
        let read = if is_there { &space[..] } else { &[] };
        let (mut head_len, mut body_len) = self.response.excerpt.copy(read, head, body);
        if head_len == 0 {
            head_len = copy(&self.response.head, head);
        }
        let is_decoded = !self.response.body.is_empty();
        if is_decoded {
            body_len = copy(&self.response.body, body);
        }
        CopiedAnswer {
            status: self.response.excerpt.status,
            head_len,
            body_len,
            is_decoded,
            body_bytes: self.response.excerpt.body_bytes,
            found: None,
            compared: None,
            hidden: Vec::new(),
        }
    }

    /// Takes the last answer out, to be read later.
    #[must_use]
    pub fn take_response(&mut self) -> KeptResponse {
        let records = self.records_hops();
        let mut answer = std::mem::take(&mut self.response);
        if records {
            self.record_hops();
        }
        let read = self.client.read_buffer.borrow();
        answer.excerpt.lift(&read, &self.client.buffers.excerpts);
        answer
    }

    /// Makes an answer that was taken out of this or a sibling the last answer.
    pub fn put_response(&mut self, answer: KeptResponse) {
        self.release();
        let redirect_chain = self.response.redirect_chain.take();
        self.response = answer;
        self.response.redirect_chain = self.response.redirect_chain.take().or(redirect_chain);
    }
}
