use std::net::IpAddr;

use cookie::Cookie;

use super::limits::{COOKIE_BYTES, COOKIES};
use crate::model::{Origin, Scheme};

/// One user's cookies (RFC 6265). Bounded: the oldest is forgotten first.
#[derive(Debug, Default)]
pub(super) struct Jar {
    /// Longest path first, then oldest first: the order in which they are sent.
    cookies: Vec<Stored>,
    stored: u64,
}

#[derive(Debug)]
struct Stored {
    name: String,
    value: String,
    /// Lower case.
    domain: String,
    scope: Scope,
    path: String,
    carriers: Carriers,
    /// `u64::MAX`: lives as long as the user.
    expires_unix_us: u64,
    serial: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    HostOnly,
    HostsBelow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carriers {
    Any,
    /// The cookie is marked `Secure`.
    TlsOnly,
}

impl Jar {
    pub(super) fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// The value of the cookie of this name that would be sent first.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|cookie| cookie.name == name)
            .map(|cookie| cookie.value.as_str())
    }

    /// Whether any cookie goes with a request for `path`.
    pub(super) fn applies(&self, origin: &Origin, path: &str, now_unix_us: u64) -> bool {
        self.cookies
            .iter()
            .any(|cookie| cookie.goes_to(origin, path, now_unix_us))
    }

    /// Appends the `Cookie` line for a request for `path`.
    pub(super) fn write_line(
        &self,
        origin: &Origin,
        path: &str,
        now_unix_us: u64,
        into: &mut Vec<u8>,
    ) {
        into.extend_from_slice(b"Cookie: ");
        let mut separator: &[u8] = b"";
        for cookie in &self.cookies {
            if cookie.goes_to(origin, path, now_unix_us) {
                into.extend_from_slice(separator);
                into.extend_from_slice(cookie.name.as_bytes());
                into.push(b'=');
                into.extend_from_slice(cookie.value.as_bytes());
                separator = b"; ";
            }
        }
        into.extend_from_slice(b"\r\n");
    }

    /// Takes in the value of a `Set-Cookie` field. What does not parse, is too
    /// long, or is for a foreign domain is ignored, as browsers do.
    pub(super) fn store(&mut self, field: &[u8], origin: &Origin, path: &str, now_unix_us: u64) {
        let Some(cookie) = str::from_utf8(field)
            .ok()
            .and_then(|text| Cookie::parse(text).ok())
        else {
            return;
        };
        if cookie.name().len() + cookie.value().len() > COOKIE_BYTES {
            return;
        }
        let host = origin.host.to_ascii_lowercase();
        let Some((domain, scope)) = domain(&cookie, host) else {
            return;
        };
        let path = match cookie.path() {
            Some(path) if path.starts_with('/') && path.len() <= COOKIE_BYTES => path,
            _ => default_path(path),
        };
        let expires_unix_us = expiry_unix_us(&cookie, now_unix_us);
        let same = |kept: &Stored| {
            kept.name == cookie.name() && kept.domain == domain && kept.path == path
        };
        let known = self.cookies.iter().position(same);
        if expires_unix_us <= now_unix_us {
            if let Some(at) = known {
                self.cookies.remove(at);
            }
            return;
        }
        let carriers = if cookie.secure() == Some(true) {
            Carriers::TlsOnly
        } else {
            Carriers::Any
        };
        if let Some(kept) = known.and_then(|at| self.cookies.get_mut(at)) {
            kept.value.clear();
            kept.value.push_str(cookie.value());
            kept.scope = scope;
            kept.carriers = carriers;
            kept.expires_unix_us = expires_unix_us;
            return;
        }
        self.insert(
            Stored {
                name: cookie.name().to_owned(),
                value: cookie.value().to_owned(),
                domain,
                scope,
                path: path.to_owned(),
                carriers,
                expires_unix_us,
                serial: self.stored,
            },
            now_unix_us,
        );
    }

    fn insert(&mut self, new: Stored, now_unix_us: u64) {
        self.cookies
            .retain(|kept| kept.expires_unix_us > now_unix_us);
        if self.cookies.len() >= COOKIES {
            let oldest = (0..self.cookies.len())
                .min_by_key(|&at| self.cookies.get(at).map_or(u64::MAX, |kept| kept.serial));
            if let Some(at) = oldest {
                self.cookies.remove(at);
            }
        }
        self.stored += 1;
        let at = self
            .cookies
            .partition_point(|kept| kept.path.len() >= new.path.len());
        self.cookies.insert(at, new);
    }
}

impl Stored {
    fn goes_to(&self, origin: &Origin, path: &str, now_unix_us: u64) -> bool {
        let host = origin.host.as_str();
        let to_host = match self.scope {
            Scope::HostOnly => host.eq_ignore_ascii_case(&self.domain),
            Scope::HostsBelow => is_within(host, &self.domain),
        };
        to_host
            && (self.carriers == Carriers::Any || origin.scheme == Scheme::Https)
            && self.expires_unix_us > now_unix_us
            && is_below(path, &self.path)
    }
}

/// Whom the cookie is for, or `None` if the host may not set it.
fn domain(cookie: &Cookie<'_>, host: String) -> Option<(String, Scope)> {
    let named = cookie.domain().unwrap_or_default().to_ascii_lowercase();
    if named.is_empty() || named == host {
        let scope = if named.is_empty() {
            Scope::HostOnly
        } else {
            Scope::HostsBelow
        };
        return Some((host, scope));
    }
    // A bare top-level domain would reach everyone's hosts.
    (named.contains('.') && is_within(&host, &named)).then_some((named, Scope::HostsBelow))
}

/// Whether a host is the domain or below it. Addresses have nothing below them.
fn is_within(host: &str, domain: &str) -> bool {
    if host.eq_ignore_ascii_case(domain) {
        return true;
    }
    let Some(above) = host.len().checked_sub(domain.len() + 1) else {
        return false;
    };
    host.as_bytes().get(above) == Some(&b'.')
        && host
            .get(above + 1..)
            .is_some_and(|end| end.eq_ignore_ascii_case(domain))
        && host.parse::<IpAddr>().is_err()
}

fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || above.ends_with('/') || rest.starts_with('/'))
}

/// The directory of the path that was asked for.
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(at) if at > 0 => path.get(..at).unwrap_or("/"),
        _ => "/",
    }
}

fn expiry_unix_us(cookie: &Cookie<'_>, now_unix_us: u64) -> u64 {
    let (seconds, base_us) = match (cookie.max_age(), cookie.expires_datetime()) {
        (Some(age), _) => (age.whole_seconds(), now_unix_us),
        (None, Some(at)) => (at.unix_timestamp(), 0),
        (None, None) => return u64::MAX,
    };
    let seconds = u64::try_from(seconds).unwrap_or(0);
    base_us.saturating_add(seconds.saturating_mul(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_US: u64 = 1_700_000_000_000_000;

    fn origin(host: &str, scheme: Scheme) -> Origin {
        Origin {
            scheme,
            host: host.to_owned(),
            port: 80,
        }
    }

    fn jar(from: &Origin, path: &str, fields: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for field in fields {
            jar.store(field.as_bytes(), from, path, NOW_US);
        }
        jar
    }

    fn line(jar: &Jar, to: &Origin, path: &str) -> String {
        let mut line = Vec::new();
        if jar.applies(to, path, NOW_US) {
            jar.write_line(to, path, NOW_US, &mut line);
        }
        String::from_utf8(line).expect("text")
    }

    #[test]
    fn the_longest_path_goes_first_and_others_stay() {
        let shop = origin("shop.test", Scheme::Http);
        let jar = jar(
            &shop,
            "/",
            &["a=1; Path=/", "b=2; Path=/cart", "c=3; Path=/car"],
        );
        assert_eq!(line(&jar, &shop, "/cart/1"), "Cookie: b=2; a=1\r\n");
        assert_eq!(line(&jar, &shop, "/"), "Cookie: a=1\r\n");
    }

    #[test]
    fn a_cookie_without_a_path_belongs_to_the_directory() {
        let shop = origin("shop.test", Scheme::Http);
        let jar = jar(&shop, "/api/login", &["t=1"]);
        assert_eq!(line(&jar, &shop, "/api/list"), "Cookie: t=1\r\n");
        assert_eq!(line(&jar, &shop, "/"), "");
    }

    #[test]
    fn domains_reach_down_but_not_up_or_across() {
        let from = origin("a.shop.test", Scheme::Http);
        let jar = jar(
            &from,
            "/",
            &[
                "own=1",
                "wide=2; Domain=.shop.test",
                "no=3; Domain=other.test",
                "no=4; Domain=test",
                "no=5; Domain=b.a.shop.test",
            ],
        );
        assert_eq!(line(&jar, &from, "/"), "Cookie: own=1; wide=2\r\n");
        assert_eq!(
            line(&jar, &origin("b.shop.test", Scheme::Http), "/"),
            "Cookie: wide=2\r\n"
        );
        assert_eq!(line(&jar, &origin("eshop.test", Scheme::Http), "/"), "");
    }

    #[test]
    fn secure_cookies_need_tls_and_expired_ones_go() {
        let plain = origin("shop.test", Scheme::Http);
        let safe = origin("shop.test", Scheme::Https);
        let mut jar = jar(
            &plain,
            "/",
            &[
                "s=1; Secure",
                "x=2; Max-Age=60",
                "y=3; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            ],
        );
        assert_eq!(line(&jar, &plain, "/"), "Cookie: x=2\r\n");
        assert_eq!(line(&jar, &safe, "/"), "Cookie: s=1; x=2\r\n");
        assert!(!jar.applies(&plain, "/", NOW_US + 61_000_000));
        jar.store(b"s=; Max-Age=0", &plain, "/", NOW_US);
        assert_eq!(line(&jar, &safe, "/"), "Cookie: x=2\r\n");
    }

    #[test]
    fn the_jar_is_bounded() {
        let shop = origin("shop.test", Scheme::Http);
        let mut jar = Jar::default();
        for number in 0..COOKIES + 5 {
            jar.store(format!("n{number}=v").as_bytes(), &shop, "/", NOW_US);
        }
        jar.store(
            format!("big={}", "x".repeat(COOKIE_BYTES)).as_bytes(),
            &shop,
            "/",
            NOW_US,
        );
        assert_eq!(jar.cookies.len(), COOKIES);
        assert_eq!(jar.value("n4"), None);
        assert_eq!(jar.value("n5"), Some("v"));
        assert_eq!(jar.value("big"), None);
    }
}
