use std::cell::{Cell, RefCell};
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use super::clock::Clock;
use super::limits::{EXCLUDED_MAX, READ_BYTES};
use crate::client::connect::destination::{Destination, Destinations};
use crate::client::connect::endpoint::Endpoint;
use crate::client::session::buffers::Buffers;
use crate::model::{Failure, Fence, Origin, OriginId, Samples};

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
    /// Where in the addresses of a destination its connections begin, so that
    /// shards share them out.
    pub first_address: usize,
}

/// An address that took no connection, while its destination has others: it is
/// left out for some seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcludedAddress {
    pub(crate) origin: Origin,
    /// The address, of the origin or its proxy.
    pub(crate) address: SocketAddr,
    pub(crate) failure: Failure,
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
    /// Addresses that took no connection since this was asked for last.
    excluded: RefCell<Vec<ExcludedAddress>>,
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
            destinations: Destinations::new(config.endpoints, config.first_address),
            fence: config.fence,
            read_buffer: RefCell::new(vec![0; READ_BYTES].into_boxed_slice()),
            reads: Cell::default(),
            buffers: Buffers::new(config.samples),
            open_connections: Rc::default(),
            excluded: RefCell::default(),
        })
    }

    /// Connections open now, over all sessions.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.open_connections.get()
    }

    /// New connections of a destination go to these addresses from now on.
    pub(crate) fn move_to(&self, origin: OriginId, addresses: &[SocketAddr]) {
        if let Some(destination) = self.destinations.planned(origin) {
            destination.addresses.replace(addresses);
        }
    }

    /// The addresses that were found to take no connection since the last time,
    /// eight at most. Allocates nothing while there are none.
    pub(crate) fn take_excluded(&self) -> Vec<ExcludedAddress> {
        self.excluded.take()
    }

    /// An address of a destination took no connection.
    pub(super) fn exclude(&self, of: &Destination, address: SocketAddr, failure: Failure) {
        let is_new = of.addresses.rest(address, self.clock.now_us());
        let mut excluded = self.excluded.borrow_mut();
        if is_new && excluded.len() < EXCLUDED_MAX {
            excluded.push(ExcludedAddress {
                origin: of.origin.clone(),
                address,
                failure,
            });
        }
    }
}
