use crate::client::connect::connection::{Connection, Freshness};
use crate::client::http2::Channel;
use crate::model::Peer;

/// What carries exchanges. What most users never need is boxed: there are many
/// users.
#[derive(Debug)]
pub(crate) enum Transport {
    Http1(Connection),
    Http2(Box<Channel>),
}

impl Transport {
    /// Looks whether it can carry another exchange.
    pub(crate) fn freshness(&mut self, now_us: u64) -> Freshness {
        match self {
            Self::Http1(connection) => connection.freshness(),
            Self::Http2(channel) => channel.freshness(now_us),
        }
    }

    /// The other end, and what is negotiated.
    pub(crate) fn peer(&self) -> Peer {
        match self {
            Self::Http1(connection) => connection.peer(),
            Self::Http2(channel) => channel.peer(),
        }
    }

    /// When the connection stood.
    pub(crate) fn opened_us(&self) -> u64 {
        match self {
            Self::Http1(connection) => connection.opened_us(),
            Self::Http2(channel) => channel.opened_us(),
        }
    }
}
