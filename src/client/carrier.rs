use super::connection::{Connection, Freshness};
use super::http2::Channel;
use crate::model::Peer;

/// What carries exchanges. What most users never need is boxed: there are many
/// users.
#[derive(Debug)]
pub(super) enum Carrier {
    Http1(Connection),
    Http2(Box<Channel>),
}

impl Carrier {
    /// Looks whether it can carry another exchange.
    pub(super) fn freshness(&mut self, now_us: u64) -> Freshness {
        match self {
            Self::Http1(connection) => connection.freshness(),
            Self::Http2(channel) => channel.freshness(now_us),
        }
    }

    /// The other end, and what is spoken.
    pub(super) fn peer(&self) -> Peer {
        match self {
            Self::Http1(connection) => connection.peer(),
            Self::Http2(channel) => channel.peer(),
        }
    }

    /// When the connection stood.
    pub(super) fn opened_us(&self) -> u64 {
        match self {
            Self::Http1(connection) => connection.opened_us(),
            Self::Http2(channel) => channel.opened_us(),
        }
    }
}
