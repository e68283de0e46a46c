use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::buffers::Buffers;
use super::clock::Clock;
use super::destination::Destinations;
use super::endpoint::Endpoint;
use super::limits::READ_BYTES;
use crate::model::{Fence, Samples};

/// What a shard's client is made of.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// The process's clock.
    pub clock: Clock,
    /// Where requests of the run go, indexed by `OriginId`.
    pub endpoints: Vec<Endpoint>,
    /// Where redirects may lead.
    pub fence: Arc<Fence>,
    /// Whether the beginnings of answers that fail may be asked for.
    pub samples: Samples,
}

/// Everything the sessions of one shard share: origins, buffers, clock.
pub struct Client {
    pub(super) clock: Clock,
    pub(super) destinations: Destinations,
    pub(super) fence: Arc<Fence>,
    /// Every read lands here and is taken in before the next, so that one
    /// buffer, always warm in the cache, serves all connections.
    pub(super) read_buffer: RefCell<Box<[u8]>>,
    /// How often it was written over, by which one knows whose bytes are in it.
    pub(super) reads: Cell<u32>,
    pub(super) buffers: Buffers,
    pub(super) open_connections: Rc<Cell<usize>>,
    sessions: Cell<usize>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("destinations", &self.destinations)
            .field("open_connections", &self.open_connections.get())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes what one shard needs.
    #[must_use]
    pub fn new(config: ClientConfig) -> Rc<Self> {
        Rc::new(Self {
            clock: config.clock,
            destinations: Destinations::new(config.endpoints),
            fence: config.fence,
            read_buffer: RefCell::new(vec![0; READ_BYTES].into_boxed_slice()),
            reads: Cell::default(),
            buffers: Buffers::new(config.samples),
            open_connections: Rc::default(),
            sessions: Cell::new(0),
        })
    }

    /// Connections open now, over all sessions.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.open_connections.get()
    }

    /// The number of a new session.
    pub(super) fn next_session(&self) -> usize {
        let number = self.sessions.get();
        self.sessions.set(number.wrapping_add(1));
        number
    }
}
