use std::cell::RefCell;

use crate::client::http1::excerpt::Excerpts;
use crate::client::limits::{POOLED_BUFFER_BYTES, POOLED_BUFFERS};
use crate::model::Samples;

/// The shard's idle buffers: what answers are kept in goes round instead of
/// being allocated anew.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    idle: RefCell<Vec<Vec<u8>>>,
    pub(crate) excerpts: Excerpts,
}

impl Buffers {
    pub(crate) fn new(samples: Samples) -> Self {
        Self {
            idle: RefCell::default(),
            excerpts: Excerpts::new(samples),
        }
    }

    /// An empty buffer.
    pub(crate) fn take(&self) -> Vec<u8> {
        self.idle.borrow_mut().pop().unwrap_or_default()
    }

    /// Gives a buffer back. Ones that grew large are freed, as are those beyond
    /// the number that is kept.
    pub(crate) fn give(&self, mut buffer: Vec<u8>) {
        let worth_keeping = (1..=POOLED_BUFFER_BYTES).contains(&buffer.capacity());
        let mut idle = self.idle.borrow_mut();
        if worth_keeping && idle.len() < POOLED_BUFFERS {
            buffer.clear();
            idle.push(buffer);
        }
    }
}
