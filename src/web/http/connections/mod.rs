//! The dashboard's connections: how many there are, how long each may take for
//! what, and which one gives way to a new one.
//!
//! Whoever reaches the port can open connections before any token is checked.
//! They must not cost the load its descriptors or the operator the way to
//! Stop, so a new connection is always accepted, and takes the place of one
//! that has proven less ([`table`]). Time limits hold from the first byte on,
//! TLS handshakes included ([`stream`]).

mod connection;
mod limits;
mod requests;
mod serve;
mod stream;
mod table;

pub(crate) use connection::Connection;
pub use limits::ConnectionLimits;
pub use serve::serve;
