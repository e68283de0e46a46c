use core::net::Ipv6Addr;
use std::fmt;

/// The scheme of an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain TCP.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    /// The port that an address without one means.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// The name in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A scheme, host and port. `Display` gives the address without a default port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The scheme.
    pub scheme: Scheme,
    /// Host name or address; IPv6 addresses without brackets, with `%` and
    /// their zone if they have one.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl Origin {
    /// An IPv6 address, with or without a zone (`fe80::1%25eth0`, RFC 6874), in
    /// the form of [`Origin::host`]; `None` if it is none.
    #[must_use]
    pub fn ipv6_host(text: &str) -> Option<String> {
        let (address, zone) = match text.split_once('%') {
            Some((address, zone)) => (address, Some(zone.strip_prefix("25").unwrap_or(zone))),
            None => (text, None),
        };
        let address: Ipv6Addr = address.parse().ok()?;
        let Some(zone) = zone else {
            return Some(address.to_string());
        };
        let is_zone = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        (!zone.is_empty() && zone.bytes().all(is_zone)).then(|| format!("{address}%{zone}"))
    }

    /// The host without the zone, which concerns this machine alone.
    #[must_use]
    pub fn host_without_zone(&self) -> &str {
        self.host.split('%').next().unwrap_or(&self.host)
    }

    /// Host and, unless it is the default, port: the value of a `Host` header.
    #[must_use]
    pub fn authority(&self) -> String {
        self.with_port(self.host_without_zone())
    }

    fn with_port(&self, host: &str) -> String {
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        if self.port == self.scheme.default_port() {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.replace('%', "%25");
        write!(f, "{}://{}", self.scheme.as_str(), self.with_port(&host))
    }
}
