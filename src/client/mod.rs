//! HTTP/1.1 as a load generator needs it: one keep-alive connection per user
//! and origin, an answer read in place, and every way an exchange can end told
//! apart.
//!
//! A shard makes one [`Client`] and gives each user a [`Session`]. A session
//! sends one message at a time; it never retries and knows nothing of users,
//! tasks or statistics. On a kept connection an exchange costs one write, one
//! read and one look at the clock, and allocates nothing unless the answer is
//! wanted, its head spans several reads, or cookies come into play; the buffers
//! for that are pooled.
//!
//! Everything here belongs to one thread (`Rc`, `Cell`): a shard runs on a
//! current-thread runtime.

mod buffers;
mod clock;
mod connect;
mod connection;
mod cookies;
mod destination;
mod encoding;
mod exchange;
mod limits;
mod message;
mod redirect;
mod response;
mod session;
mod shared;
mod tls;
mod turn;
mod watch;

pub use clock::Clock;
pub use exchange::{End, Exchange, Outgoing};
pub use session::{Kept, Session};
pub use shared::{Client, ClientConfig};
pub use tls::{TlsConfig, TlsSetupError, tls_config, tls_config_trusting};
pub use watch::{Interrupt, Watch};
