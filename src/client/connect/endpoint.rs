use std::net::SocketAddr;
use std::sync::Arc;

use crate::client::connect::tls::TlsConfig;
use crate::model::{Origin, Route};

/// An origin, where it is, and how connections to it are made.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The origin.
    pub origin: Origin,
    /// Its addresses, or those of the proxy of the route. One without
    /// addresses fails as not resolved.
    pub addresses: Vec<SocketAddr>,
    /// How connections are made; equal ones share what is made of them.
    pub route: Arc<Route>,
    /// Needed if the origin is `https`; made on demand if only a redirect is.
    pub tls: Option<TlsConfig>,
}

impl Endpoint {
    /// An origin that is gone to directly, in the usual way.
    #[must_use]
    pub fn direct(origin: Origin, addresses: Vec<SocketAddr>) -> Self {
        Self {
            origin,
            addresses,
            route: Arc::default(),
            tls: None,
        }
    }
}
