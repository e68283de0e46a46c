//! The other end of a connection. Addresses come from `core`: they are data,
//! and nothing here opens a socket.

use core::net::SocketAddr;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a connection leads and what is spoken over it. `Display` gives all of
/// it, such as `HTTP/2 over TLS 1.3 with 127.0.0.1:443`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address of the target, or of the proxy that leads to it.
    pub address: SocketAddr,
    /// The HTTP version.
    pub protocol: Protocol,
    /// The version of TLS below it; `None` in plain text.
    pub tls: Option<TlsVersion>,
    /// Whether it asked for a client certificate and got none.
    pub lacks_certificate: bool,
}

/// A version of HTTP as it was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Protocol {
    /// HTTP/1.1.
    #[serde(rename = "HTTP/1.1")]
    Http1,
    /// HTTP/2.
    #[serde(rename = "HTTP/2")]
    Http2,
}

/// A version of TLS as it was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "TLS 1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "TLS 1.3")]
    Tls13,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            address,
            protocol,
            tls,
            lacks_certificate: _,
        } = self;
        match tls {
            Some(tls) => write!(f, "{protocol} over {tls} with {address}"),
            None => write!(f, "{protocol} with {address}"),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        })
    }
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_written_in_one_phrase() {
        let mut peer = Peer {
            address: ([127, 0, 0, 1], 443).into(),
            protocol: Protocol::Http2,
            tls: Some(TlsVersion::Tls13),
            lacks_certificate: false,
        };
        assert_eq!(peer.to_string(), "HTTP/2 over TLS 1.3 with 127.0.0.1:443");
        peer.tls = None;
        peer.protocol = Protocol::Http1;
        assert_eq!(peer.to_string(), "HTTP/1.1 with 127.0.0.1:443");
    }
}
