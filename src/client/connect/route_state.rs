use core::net::IpAddr;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::sync::Arc;

use crate::client::connect::tls::TlsConfig;
use crate::model::{Connections, Route};

/// A route as one shard goes it.
#[derive(Debug)]
pub(crate) struct RouteState {
    pub(crate) route: Arc<Route>,
    /// As the route says; looked at for every request.
    pub(crate) connections: Connections,
    /// Beyond this age a kept connection is replaced; `u64::MAX` for never.
    pub(crate) max_age_us: u64,
    /// Made before the run, or when a redirect is the first to need it.
    pub(crate) tls: RefCell<Option<TlsConfig>>,
    /// Which source address comes next.
    next_source: Cell<usize>,
}

impl RouteState {
    pub(crate) fn new(route: Arc<Route>) -> Self {
        Self {
            connections: route.connections,
            max_age_us: route.max_connection_age_us.unwrap_or(u64::MAX),
            route,
            tls: RefCell::default(),
            next_source: Cell::new(0),
        }
    }

    /// The address that the next connection to `to` leaves from; `Err` if
    /// there are some, but none of its family.
    pub(crate) fn source(&self, to: SocketAddr) -> Result<Option<IpAddr>, NoSource> {
        let sources = &self.route.source_addresses;
        if sources.is_empty() {
            return Ok(None);
        }
        for _ in sources {
            let next = self.next_source.get();
            self.next_source.set(next.wrapping_add(1));
            let source = sources.get(next % sources.len());
            if let Some(source) = source.filter(|source| source.is_ipv4() == to.is_ipv4()) {
                return Ok(Some(*source));
            }
        }
        Err(NoSource)
    }
}

/// No source address is of the family of where the connection leads.
#[derive(Debug)]
pub(crate) struct NoSource;
