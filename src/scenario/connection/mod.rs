//! `host:`, `http:` and `tls:`: where requests go and over which connections.

pub(crate) mod destinations;
pub(crate) mod host;
pub(crate) mod http;
pub(crate) mod route;
pub(crate) mod tls;
