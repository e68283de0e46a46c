//! Which targets are meant: patterns of hosts and addresses. Addresses come
//! from `core`: they are data, and nothing here opens a socket.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt;
use std::str::FromStr;

/// A host that load would be sent to, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name or address, as the scenario writes it.
    pub host: String,
    /// The origin of the addresses.
    pub found: AddressOrigin,
    /// Its addresses; none where only a proxy knows them.
    pub addresses: Vec<IpAddr>,
}

/// The origin of a host's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressOrigin {
    /// By its name: whoever allows the name allows them.
    ByName,
    /// The scenario says them itself. The name is a label then, and allows
    /// nothing.
    Pinned,
    /// Not at all: a proxy looks the name up.
    ByProxy,
}

impl Target {
    /// Where a host is. An address that stands for itself is always known.
    #[must_use]
    pub fn new(host: &str, found: AddressOrigin, addresses: Vec<IpAddr>) -> Self {
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) if addresses.is_empty() => vec![address],
            _ => addresses,
        };
        Self {
            host: host.to_owned(),
            found,
            addresses,
        }
    }
}

/// The host, and its addresses where they say more.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        let addresses: Vec<_> = self.addresses.iter().map(ToString::to_string).collect();
        match addresses.as_slice() {
            [] => f.write_str(" (its addresses are known to the proxy only)"),
            [address] if *address == self.host => Ok(()),
            _ => write!(f, " ({})", addresses.join(", ")),
        }
    }
}

/// Some of all targets. `Display` gives what [`FromStr`] reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetPattern {
    /// Every one: `*`.
    Any,
    /// This machine: `loopback`.
    Loopback,
    /// Addresses that no public network routes: `private`. Loopback is not
    /// among them, nor is where clouds give out credentials.
    Private,
    /// A host by its name, in lower case.
    Host(String),
    /// All hosts below a name, in lower case, without that one: `*.example.org`.
    Below(String),
    /// The addresses that share so many leading bits: `10.0.0.0/8`, or one address.
    Network(IpAddr, u8),
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a target pattern; use a host (shop.example.org), a wildcard (*.example.org), an address or network (10.0.0.0/8), `loopback`, `private` or `*`"
)]
pub struct PatternError(String);

/// A list of patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets(Vec<TargetPattern>);

impl FromStr for TargetPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let wrong = || PatternError(text.to_owned());
        let name = text.trim().to_ascii_lowercase();
        match name.as_str() {
            "*" => return Ok(Self::Any),
            "loopback" => return Ok(Self::Loopback),
            "private" => return Ok(Self::Private),
            _ => {}
        }
        if let Some((address, bits)) = name.split_once('/') {
            let address: IpAddr = address.parse().map_err(|_| wrong())?;
            let bits = bits.parse::<u8>().ok();
            let bits = bits.filter(|bits| *bits <= width(address));
            return Ok(Self::Network(address, bits.ok_or_else(wrong)?));
        }
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Network(address, width(address)));
        }
        let (below, host) = match name.strip_prefix("*.") {
            Some(host) => (true, host),
            None => (false, name.as_str()),
        };
        let is_label = |label: &str| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        };
        if !host.trim_end_matches('.').split('.').all(is_label) {
            return Err(wrong());
        }
        let host = host.trim_end_matches('.').to_owned();
        Ok(if below {
            Self::Below(host)
        } else {
            Self::Host(host)
        })
    }
}

impl fmt::Display for TargetPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Loopback => f.write_str("loopback"),
            Self::Private => f.write_str("private"),
            Self::Host(host) => f.write_str(host),
            Self::Below(host) => write!(f, "*.{host}"),
            Self::Network(address, bits) if *bits == width(*address) => write!(f, "{address}"),
            Self::Network(address, bits) => write!(f, "{address}/{bits}"),
        }
    }
}

impl TargetPattern {
    /// Whether it is a host pattern.
    fn has_name(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        match self {
            Self::Any => true,
            Self::Host(name) => *name == host,
            Self::Below(name) => {
                let front = host.strip_suffix(name.as_str());
                front.is_some_and(|front| front.len() > 1 && front.ends_with('.'))
            }
            Self::Loopback | Self::Private | Self::Network(..) => false,
        }
    }

    /// Whether it matches an address.
    fn has_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Any => true,
            Self::Loopback => is_loopback(address),
            Self::Private => is_private(address),
            Self::Network(network, bits) => shares(network.to_canonical(), address, *bits),
            Self::Host(_) | Self::Below(_) => false,
        }
    }
}

impl Targets {
    /// Those that any of the patterns describes.
    #[must_use]
    pub fn new(patterns: Vec<TargetPattern>) -> Self {
        Self(patterns)
    }

    /// This machine, and all that no public network routes.
    #[must_use]
    pub fn near() -> Self {
        Self(vec![TargetPattern::Loopback, TargetPattern::Private])
    }

    /// Whether a target is among them: by its name, unless the scenario says
    /// itself where that is, or else with every one of its addresses.
    #[must_use]
    pub fn has(&self, target: &Target) -> bool {
        let has_name = || self.0.iter().any(|pattern| pattern.has_name(&target.host));
        if self.0.contains(&TargetPattern::Any)
            || (target.found != AddressOrigin::Pinned && has_name())
        {
            return true;
        }
        !target.addresses.is_empty() && self.beyond(target).next().is_none()
    }

    /// The addresses of a target that none of the patterns describes.
    pub fn beyond(&self, target: &Target) -> impl Iterator<Item = IpAddr> {
        let is_known = |address| self.0.iter().any(|pattern| pattern.has_address(address));
        let addresses = target.addresses.iter().copied();
        addresses.filter(move |address| !is_known(*address))
    }

    /// The patterns as they are written.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(ToString::to_string)
    }
}

impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().collect::<Vec<_>>().join(", "))
    }
}

/// The bits of an address.
fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Whether two addresses share this many leading bits.
fn shares(one: IpAddr, other: IpAddr, bits: u8) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            (one.to_bits() ^ other.to_bits()).leading_zeros() >= u32::from(bits)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            (one.to_bits() ^ other.to_bits()).leading_zeros() >= u32::from(bits)
        }
        _ => false,
    }
}

/// Connections to the unspecified address end up on this machine too.
fn is_loopback(address: IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified()
}

/// What is meant to stay within a site: RFC 1918, link-local of IPv6 (RFC
/// 4291), what carriers share (RFC 6598), networks for measuring devices (RFC
/// 2544), and unique local addresses (RFC 4193). Everything else counts as
/// public, also what nobody should use, and so does where clouds give out
/// credentials to whoever asks: all of IPv4's link-local addresses (RFC 3927),
/// and single ones of Alibaba, AWS and Google in the networks above.
fn is_private(address: IpAddr) -> bool {
    const SHARED: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 0);
    const MEASURED: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
    const UNIQUE_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0);
    const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0);
    const ALIBABA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
    const AWS: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0);
    const GOOGLE: Ipv6Addr = Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0);
    match address {
        IpAddr::V4(v4) => {
            v4.is_private()
                || (shares(SHARED.into(), address, 10) && v4 != ALIBABA)
                || shares(MEASURED.into(), address, 15)
        }
        IpAddr::V6(_) => {
            let is_of_cloud = [AWS, GOOGLE]
                .iter()
                .any(|network| shares((*network).into(), address, 32));
            shares(LINK_LOCAL.into(), address, 10)
                || (shares(UNIQUE_LOCAL.into(), address, 7) && !is_of_cloud)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn targets(patterns: &[&str]) -> Targets {
        let patterns = patterns.iter().map(|text| text.parse().expect("a pattern"));
        Targets::new(patterns.collect())
    }

    fn target(host: &str, found: AddressOrigin, addresses: &[&str]) -> Target {
        let addresses = addresses.iter().map(|text| text.parse().expect("one"));
        Target::new(host, found, addresses.collect())
    }

    #[test]
    fn what_is_near_is_loopback_or_private() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "::1",
            "::ffff:127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "198.19.255.255",
            "::ffff:10.0.0.1",
            "fd00::1",
            "fe80::1",
        ] {
            let one = target(address, AddressOrigin::ByName, &[]);
            assert!(Targets::near().has(&one), "{address}");
        }
        for address in [
            "8.8.8.8",
            "172.15.255.255",
            "172.32.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "2001:db8::1",
            "2002:a00:1::",
            "64:ff9b::a00:1",
            "fec0::1",
            "::ffff:8.8.8.8",
            "169.254.169.254",
            "169.254.170.2",
            "::ffff:169.254.169.254",
            "100.100.100.200",
            "fd00:ec2::254",
            "fd20:ce::254",
        ] {
            let one = target(address, AddressOrigin::ByName, &[]);
            assert!(!Targets::near().has(&one), "{address}");
        }
    }

    #[test]
    fn a_name_allows_wherever_it_leads() {
        let allowed = targets(&["*.staging.example.org", "Shop.Example.ORG"]);
        for host in [
            "a.staging.example.org",
            "A.b.Staging.example.org.",
            "shop.example.org",
        ] {
            let one = target(host, AddressOrigin::ByName, &["203.0.113.7"]);
            assert!(allowed.has(&one), "{host}");
            assert!(
                allowed.has(&target(host, AddressOrigin::ByProxy, &[])),
                "{host}"
            );
            // A scenario that says where the name is makes it mean anything.
            let pinned = target(host, AddressOrigin::Pinned, &["203.0.113.7"]);
            assert!(!allowed.has(&pinned), "{host}");
        }
        for host in [
            "staging.example.org",
            ".staging.example.org",
            "evilstaging.example.org",
            "staging.example.org.evil.test",
            "shop.example.org.evil.test",
            "10.0.0.1",
        ] {
            let one = target(host, AddressOrigin::ByName, &["203.0.113.7"]);
            assert!(!allowed.has(&one), "{host}");
        }
    }

    #[test]
    fn without_its_name_every_address_has_to_be_allowed() {
        let allowed = targets(&["10.0.0.0/8", "2001:db8::/32", "loopback"]);
        let has = |found, addresses: &[&str]| allowed.has(&target("x.test", found, addresses));
        assert!(has(
            AddressOrigin::ByName,
            &["10.1.1.1", "2001:db8::7", "::1"]
        ));
        assert!(!has(AddressOrigin::ByName, &["10.1.1.1", "11.1.1.1"]));
        assert!(has(AddressOrigin::Pinned, &["10.1.1.1"]));
        assert!(
            !has(AddressOrigin::ByProxy, &[]),
            "nobody knows where that is"
        );
        assert!(targets(&["*"]).has(&target("x.test", AddressOrigin::ByProxy, &[])));
        assert!(!targets(&[]).has(&target("127.0.0.1", AddressOrigin::ByName, &[])));
        let beyond = target("x.test", AddressOrigin::ByName, &["10.1.1.1", "11.1.1.1"]);
        let beyond: Vec<_> = allowed.beyond(&beyond).collect();
        assert_eq!(beyond, ["11.1.1.1".parse::<IpAddr>().expect("one")]);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            " ",
            "*.",
            "*x.test",
            "a..b",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/x",
            "x.test/8",
            "http://x.test",
            "x.test:80",
            "a b",
            "*.*.test",
        ] {
            assert!(text.parse::<TargetPattern>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn people_see_where_a_target_is() {
        let shown = |host, found, addresses: &[&str]| target(host, found, addresses).to_string();
        assert_eq!(
            shown("x.test", AddressOrigin::ByName, &["10.0.0.1", "::1"]),
            "x.test (10.0.0.1, ::1)"
        );
        assert_eq!(
            shown("10.0.0.1", AddressOrigin::ByName, &["10.0.0.1"]),
            "10.0.0.1"
        );
        let behind = shown("x.test", AddressOrigin::ByProxy, &[]);
        assert!(behind.contains("proxy"), "{behind}");
    }

    proptest! {
        #[test]
        fn patterns_read_what_they_write(text in "(\\*\\.)?[a-z0-9-]{1,8}(\\.[a-z]{2,5}){0,3}|[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?") {
            if let Ok(pattern) = text.parse::<TargetPattern>() {
                prop_assert_eq!(pattern.to_string().parse::<TargetPattern>(), Ok(pattern));
            }
        }

        #[test]
        fn anything_may_be_typed(text in ".*") {
            let _ = text.parse::<TargetPattern>();
        }

        #[test]
        fn a_network_has_the_addresses_that_share_its_bits(network: u32, other: u32, bits in 0u8..=32) {
            let pattern = TargetPattern::Network(Ipv4Addr::from_bits(network).into(), bits);
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            let address = IpAddr::from(Ipv4Addr::from_bits(other));
            prop_assert_eq!(pattern.has_address(address), network & mask == other & mask);
            // Wrapped into the other family it is the same address.
            let wrapped = Ipv4Addr::from_bits(other).to_ipv6_mapped();
            prop_assert_eq!(pattern.has_address(wrapped.into()), network & mask == other & mask);
        }

        #[test]
        fn one_address_outside_is_enough(inside in proptest::collection::vec(0u32..1 << 24, 0..4), outside: u32) {
            let mut addresses: Vec<_> = inside.iter().map(|low| IpAddr::from(Ipv4Addr::from_bits((10u32 << 24) | low))).collect();
            let allowed = targets(&["10.0.0.0/8"]);
            let is_inside = outside >> 24 == 10;
            addresses.push(Ipv4Addr::from_bits(outside).into());
            let one = Target::new("x.test", AddressOrigin::ByName, addresses);
            prop_assert_eq!(allowed.has(&one), is_inside);
        }
    }
}
