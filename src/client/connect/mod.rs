//! Connections: addresses, TCP, TLS, proxies.

pub(crate) mod addresses;
pub(crate) mod client_certificate;
pub(crate) mod connection;
pub(crate) mod destination;
pub(crate) mod dial;
pub(crate) mod endpoint;
pub(crate) mod loss;
pub(crate) mod ports;
pub(crate) mod probe;
pub(crate) mod route_state;
pub(crate) mod socket;
pub(crate) mod tls;
pub(crate) mod transport;
pub(crate) mod trust;
pub(crate) mod tunnel;
