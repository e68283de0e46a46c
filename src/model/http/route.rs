//! How connections are made. Addresses come from `core`: they are data, and
//! nothing here opens a socket.

use core::net::IpAddr;
use std::fmt;
use std::sync::Arc;

use crate::model::Dns;

/// How the connections of a request are made and kept. Requests share
/// connections only if they go to the same origin by the same route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The HTTP version.
    pub version: HttpVersion,
    /// Whom to trust, and who we are.
    pub tls: TlsOptions,
    /// The proxy.
    pub proxy: Option<Proxy>,
    /// Whose connections are, and for how long.
    pub connections: Connections,
    /// A kept connection that is older is replaced.
    pub max_connection_age_us: Option<u64>,
    /// Connections leave from these in turn; from what the system picks if empty.
    pub source_addresses: Vec<IpAddr>,
    /// The resolution of all other names.
    pub dns: Dns,
    /// Host names that are not looked up.
    pub resolve: Vec<(String, IpAddr)>,
}

impl Route {
    /// The address that a host name was given, whatever its case.
    #[must_use]
    pub fn pinned(&self, host: &str) -> Option<IpAddr> {
        let mut pins = self.resolve.iter();
        let pin = pins.find(|(name, _)| name.eq_ignore_ascii_case(host))?;
        Some(pin.1)
    }
}

/// The HTTP version of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HttpVersion {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2 if the target agrees to it in the TLS handshake, else HTTP/1.1.
    Http2,
    /// HTTP/2 from the first byte.
    Http2PriorKnowledge,
}

/// Whose the connections are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Connections {
    /// Each user keeps its own.
    #[default]
    PerUser,
    /// The users of a shard take them from a pool.
    Shared,
    /// Each is closed after one request.
    Close,
}

/// Whether a user remembers cookies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Cookies {
    /// They are kept and sent.
    #[default]
    Kept,
    /// They are neither kept nor sent.
    Ignored,
}

/// Whom TLS trusts and who we say we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsOptions {
    /// Authorities to trust beside the system's: certificates in DER.
    pub authorities: Vec<Blob>,
    /// The client certificate.
    pub identity: Option<Identity>,
    /// Whether certificates are verified.
    pub verification: Verification,
}

/// A certificate of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificate and those above it, in DER.
    pub certificates: Vec<Blob>,
    /// Its private key, in DER (PKCS #8, PKCS #1 or SEC1).
    pub key: Blob,
}

/// Whether certificates are verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verification {
    /// As browsers do.
    #[default]
    Full,
    /// Every certificate will do.
    Off,
}

/// A proxy that connections are tunnelled through. `Display` gives its address
/// without user and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Host name or address; IPv6 addresses without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The value of `Proxy-Authorization`.
    pub authorization: Option<Blob>,
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "http://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "http://{}:{}", self.host, self.port)
        }
    }
}

/// Bytes that are long or secret: shared, and not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob(Arc<[u8]>);

impl Blob {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Blob {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
}
