use std::cell::RefCell;

use super::limits::{POOLED_BUFFER_BYTES, POOLED_BUFFERS};

/// The shard's idle buffers: what answers are kept in goes round instead of
/// being allocated anew.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    idle: RefCell<Vec<Vec<u8>>>,
}

impl Buffers {
    /// An empty buffer.
    pub(super) fn take(&self) -> Vec<u8> {
        self.idle.borrow_mut().pop().unwrap_or_default()
    }

    /// Gives a buffer back. Ones that grew large are freed, as are those beyond
    /// the number that is kept.
    pub(super) fn give(&self, mut buffer: Vec<u8>) {
        let worth_keeping = (1..=POOLED_BUFFER_BYTES).contains(&buffer.capacity());
        let mut idle = self.idle.borrow_mut();
        if worth_keeping && idle.len() < POOLED_BUFFERS {
            buffer.clear();
            idle.push(buffer);
        }
    }
}
