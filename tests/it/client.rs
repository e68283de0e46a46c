//! The HTTP/1.1 client against a server that misbehaves in every way, against
//! a well-kept one next to a well-kept client, and over TLS.

mod agreement;
mod bodies;
mod connecting;
mod connections;
mod http2;
mod http2_errors;
mod interrupts;
mod misbehaviour;
mod proxy;
mod redirects;
mod samples;
mod scripted_server;
pub(crate) mod shard;
mod tls;
