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

mod addresses;
mod buffers;
mod carrier;
mod chain;
mod client_certificate;
mod clock;
mod connect;
mod connection;
mod cookies;
mod destination;
mod encoding;
mod endpoint;
mod excerpt;
mod exchange;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod http2;
mod keep;
mod limits;
mod location;
mod loss;
mod message;
mod pool;
mod ports;
mod probe;
mod redirect;
mod response;
mod session;
mod shared;
mod socket;
mod tls;
mod trust;
mod tunnel;
mod turn;
mod watch;
mod way;

pub use chain::{Hop, Part as HopPart};
pub use clock::Clock;
pub use encoding::decode_beginning;
pub use endpoint::Endpoint;
pub use exchange::{End, Exchange, Outgoing, Turns};
pub use probe::{Probed, try_connect};
pub use session::{Kept, Session};
pub use shared::{Client, ClientConfig, LeftOut};
pub use socket::{keep_descriptors_from, try_source};
pub use tls::{TlsConfig, TlsSetupError, tls_config, tls_config_trusting};
pub use watch::{Interrupt, Watch};
