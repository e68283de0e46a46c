//! HTTP as a load generator needs it: one keep-alive connection per user
//! and origin, an answer read in place, and every way an exchange can end told
//! apart.
//!
//! A shard makes one [`Client`] and gives each user a [`Session`]. A session
//! sends one message at a time; it never retries and knows nothing of users,
//! tasks or statistics. On a kept connection an exchange costs one write, one
//! read and one look at the clock, and allocates nothing unless the answer is
//! wanted, its head spans several reads, or cookies come into play; the buffers
//! for that are pooled. How connections are made (the route) is a field of where
//! a message goes, so that what is not asked for costs a message nothing.
//!
//! HTTP/2 is there beside it: framed by a library, some allocations a message.
//!
//! Everything here belongs to one thread (`Rc`, `Cell`): a shard runs on a
//! current-thread runtime.

mod clock;
mod connect;
mod cookies;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod http1;
mod http2;
mod limits;
mod session;
mod shard_client;

pub use clock::Clock;
pub use connect::endpoint::Endpoint;
pub use connect::probe::{Probed, try_connect};
pub use connect::socket::{keep_descriptors_from, try_source};
pub use connect::tls::{TlsConfig, TlsSetupError, tls_config, tls_config_trusting};
pub use http1::decoding::decode_beginning;
pub use http1::exchange::{End, Exchange, Outgoing, Turns};
pub use http1::redirect_chain::{Hop, HopMessage};
pub use session::deadline::{Deadline, Interrupt};
pub use session::{KeptResponse, Session};
pub use shard_client::{Client, ClientConfig, ExcludedAddress};
