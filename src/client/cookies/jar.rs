//! A user's cookies (RFC 6265, sections 5.3 and 5.4).

use std::net::IpAddr;

use super::set_cookie::SetCookie;
use crate::client::http1::message::Message;
use crate::client::limits::COOKIES;
use crate::model::{Origin, Scheme};

/// One user's cookies. Bounded: the oldest is forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    /// Longest path first, then oldest first: the order in which they are sent.
    cookies: Vec<Stored>,
    stored: u64,
}

/// What of a request decides about cookies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CookieContext<'v> {
    host: &'v str,
    path: &'v [u8],
    is_trusted: bool,
}

#[derive(Debug)]
struct Stored {
    name: Box<[u8]>,
    value: Vec<u8>,
    /// Lower case.
    domain: String,
    scope: Scope,
    path: Box<[u8]>,
    is_secure: bool,
    /// `u64::MAX`: lives as long as the user.
    expires_unix_us: u64,
    serial: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    HostOnly,
    HostsBelow,
}

impl<'v> CookieContext<'v> {
    pub(crate) fn of(message: &Message<'v>) -> Self {
        let origin = &message.destination.origin;
        Self::new(origin, message.field("Host"), message.path())
    }

    /// A request to `origin` for `path`. A `Host` that the request gives itself
    /// is whose cookies they are.
    pub(crate) fn new(origin: &'v Origin, given: Option<&'v [u8]>, path: &'v str) -> Self {
        let given = given.and_then(|given| str::from_utf8(given).ok());
        let given = given.map(without_port).filter(|host| !host.is_empty());
        Self {
            host: given.unwrap_or(&origin.host),
            path: path.as_bytes(),
            is_trusted: is_trusted(origin),
        }
    }
}

impl Jar {
    pub(crate) fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// The value of the cookie of this name that would be sent first.
    pub(crate) fn value(&self, name: &str, now_unix_us: u64) -> Option<&[u8]> {
        let mut cookies = self.cookies.iter();
        let cookie = cookies.find(|cookie| {
            *cookie.name == *name.as_bytes() && cookie.expires_unix_us > now_unix_us
        })?;
        Some(&cookie.value)
    }

    /// Whether any cookie goes along.
    pub(crate) fn applies(&self, context: CookieContext<'_>, now_unix_us: u64) -> bool {
        let mut cookies = self.cookies.iter();
        cookies.any(|cookie| cookie.goes_to(context, now_unix_us))
    }

    /// Appends the `Cookie` line.
    pub(crate) fn write_line(
        &self,
        context: CookieContext<'_>,
        now_unix_us: u64,
        into: &mut Vec<u8>,
    ) {
        into.extend_from_slice(b"Cookie: ");
        let mut separator: &[u8] = b"";
        for cookie in &self.cookies {
            if cookie.goes_to(context, now_unix_us) {
                into.extend_from_slice(separator);
                into.extend_from_slice(&cookie.name);
                into.push(b'=');
                into.extend_from_slice(&cookie.value);
                separator = b"; ";
            }
        }
        into.extend_from_slice(b"\r\n");
    }

    /// Takes in the value of a `Set-Cookie` field. What does not parse, is too
    /// long, or is not for this host to set is ignored, as browsers do.
    pub(crate) fn store(&mut self, field: &[u8], context: CookieContext<'_>, now_unix_us: u64) {
        let Some(cookie) = SetCookie::parse(field) else {
            return;
        };
        let Some((domain, scope)) = domain(cookie.domain, context.host) else {
            return;
        };
        if !may_be_set(&cookie, context) {
            return;
        }
        let path = cookie.path.unwrap_or_else(|| default_path(context.path));
        if !context.is_trusted && self.holds_secure(cookie.name, &domain, path) {
            return;
        }
        let expires_unix_us = expiry_unix_us(&cookie, now_unix_us);
        let known = self.cookies.iter().position(|kept| {
            *kept.name == *cookie.name && kept.domain == domain && *kept.path == *path
        });
        if expires_unix_us <= now_unix_us {
            if let Some(at) = known {
                self.cookies.remove(at);
            }
            return;
        }
        if let Some(kept) = known.and_then(|at| self.cookies.get_mut(at)) {
            // It keeps its age, and with it its place.
            kept.value.clear();
            kept.value.extend_from_slice(cookie.value);
            kept.scope = scope;
            kept.is_secure = cookie.is_secure;
            kept.expires_unix_us = expires_unix_us;
            return;
        }
        self.insert(
            Stored {
                name: cookie.name.into(),
                value: cookie.value.to_vec(),
                domain,
                scope,
                path: path.into(),
                is_secure: cookie.is_secure,
                expires_unix_us,
                serial: self.stored,
            },
            now_unix_us,
        );
    }

    /// Whether there is a `Secure` cookie in the place of another one.
    fn holds_secure(&self, name: &[u8], domain: &str, path: &[u8]) -> bool {
        self.cookies.iter().any(|kept| {
            kept.is_secure
                && *kept.name == *name
                && (is_within(&kept.domain, domain) || is_within(domain, &kept.domain))
                && is_below(path, &kept.path)
        })
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
    fn goes_to(&self, context: CookieContext<'_>, now_unix_us: u64) -> bool {
        let to_host = match self.scope {
            Scope::HostOnly => context.host.eq_ignore_ascii_case(&self.domain),
            Scope::HostsBelow => is_within(context.host, &self.domain),
        };
        to_host
            && (!self.is_secure || context.is_trusted)
            && self.expires_unix_us > now_unix_us
            && is_below(context.path, &self.path)
    }
}

/// Whether nobody can listen on the way to an origin: TLS, or the machine itself.
fn is_trusted(origin: &Origin) -> bool {
    if origin.scheme == Scheme::Https {
        return true;
    }
    match origin.host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => is_within(&origin.host, "localhost"),
    }
}

/// The host of a `Host` field; of an IPv6 address without its brackets.
fn without_port(authority: &str) -> &str {
    let address = authority.strip_prefix('[');
    if let Some((address, _)) = address.and_then(|rest| rest.split_once(']')) {
        return address;
    }
    authority.split(':').next().unwrap_or(authority)
}

/// Whether the marks and the prefix of a cookie let this visit set it.
fn may_be_set(cookie: &SetCookie<'_>, context: CookieContext<'_>) -> bool {
    let begins_with = |prefix: &[u8]| {
        let start = cookie.name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if cookie.is_secure {
        let is_of_host = cookie.domain.is_none() && cookie.path == Some(b"/");
        context.is_trusted && (is_of_host || !begins_with(b"__Host-"))
    } else {
        !begins_with(b"__Host-") && !begins_with(b"__Secure-")
    }
}

/// Whom the cookie is for, or `None` if the host may not set it.
fn domain(named: Option<&[u8]>, host: &str) -> Option<(String, Scope)> {
    let host = host.to_ascii_lowercase();
    let Some(named) = named else {
        return Some((host, Scope::HostOnly));
    };
    let named = str::from_utf8(named).ok()?.to_ascii_lowercase();
    // A bare top-level domain would reach everyone's hosts, and an address is
    // nobody's domain.
    if !named.contains('.') || host.parse::<IpAddr>().is_ok() {
        return (named == host).then_some((host, Scope::HostOnly));
    }
    is_within(&host, &named).then_some((named, Scope::HostsBelow))
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

/// Path matching (section 5.1.4).
fn is_below(path: &[u8], above: &[u8]) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || above.ends_with(b"/") || rest.starts_with(b"/"))
}

/// The directory of the path that was asked for (section 5.1.4).
fn default_path(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) if at > 0 => path.get(..at).unwrap_or(b"/"),
        _ => b"/",
    }
}

/// `Max-Age` wins over `Expires`; a cookie with neither lives as long as the user.
fn expiry_unix_us(cookie: &SetCookie<'_>, now_unix_us: u64) -> u64 {
    let (seconds, base_us) = match (cookie.max_age, cookie.expires) {
        (Some(age), _) => (age, now_unix_us),
        (None, Some(at)) => (at, 0),
        (None, None) => return u64::MAX,
    };
    let seconds = u64::try_from(seconds).unwrap_or(0);
    base_us.saturating_add(seconds.saturating_mul(1_000_000))
}

#[cfg(test)]
mod tests;
