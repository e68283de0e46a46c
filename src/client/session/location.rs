//! `Location`: a URI reference (RFC 3986, section 4.1) as servers send it, not
//! always in the characters of one. Its bytes go out again as they came; those
//! that a request line can not hold are percent-encoded, as curl does it.

use url::Host;

use crate::model::{Malformed, Origin, Scheme, basic_authorization};

/// Where a redirect leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) origin: Origin,
    /// Path and query, as they stand in a request line.
    pub(crate) target: Vec<u8>,
    /// `Basic ...` from `user:password@`.
    pub(crate) authorization: Option<String>,
}

/// Resolves a reference that is not empty against what was asked (RFC 3986,
/// section 5.2).
///
/// # Errors
/// [`Malformed::Redirect`] for other schemes than `http` and `https`, hosts
/// and ports that are none, and control characters.
pub(crate) fn resolve(
    from: &Origin,
    target: &[u8],
    reference: &[u8],
) -> Result<Location, Malformed> {
    if reference.iter().any(u8::is_ascii_control) {
        return Err(Malformed::Redirect);
    }
    let (reference, _fragment) = split_once(reference, b'#');
    let (scheme, rest) = match scheme(reference) {
        Some((scheme, rest)) => (scheme?, rest),
        None => (from.scheme, reference),
    };
    let is_absolute = rest.len() < reference.len();
    let slashes = rest.iter().take_while(|&&byte| byte == b'/').count();
    if is_absolute || slashes >= 2 {
        // One slash or three: a slip that curl reads as two.
        if !(1..=3).contains(&slashes) {
            return Err(Malformed::Redirect);
        }
        let after = rest.get(slashes..).unwrap_or_default();
        let end = after.iter().position(|byte| matches!(byte, b'/' | b'?'));
        let (authority, target) = after.split_at(end.unwrap_or(after.len()));
        let (origin, authorization) = authority_of(scheme, authority)?;
        return Ok(Location {
            origin,
            target: request_target(target, b"/"),
            authorization,
        });
    }
    Ok(Location {
        origin: from.clone(),
        target: request_target(rest, target),
        authorization: None,
    })
}

/// The scheme that a reference begins with, and what follows its colon.
fn scheme(reference: &[u8]) -> Option<(Result<Scheme, Malformed>, &[u8])> {
    let end = reference
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(byte)))?;
    let (name, rest) = reference.split_at(end);
    let rest = rest.strip_prefix(b":")?;
    name.first().filter(|byte| byte.is_ascii_alphabetic())?;
    let is = |known: Scheme| name.eq_ignore_ascii_case(known.as_str().as_bytes());
    let known = [Scheme::Http, Scheme::Https]
        .into_iter()
        .find(|&one| is(one));
    Some((known.ok_or(Malformed::Redirect), rest))
}

/// `[user[:password]@]host[:port]`
fn authority_of(scheme: Scheme, text: &[u8]) -> Result<(Origin, Option<String>), Malformed> {
    let at = text.iter().rposition(|&byte| byte == b'@');
    let (userinfo, place) = match at {
        Some(at) => (text.get(..at), text.get(at + 1..).unwrap_or_default()),
        None => (None, text),
    };
    let host_end = match place.iter().position(|&byte| byte == b']') {
        Some(bracket) => bracket + 1,
        None => place
            .iter()
            .position(|&byte| byte == b':')
            .unwrap_or(place.len()),
    };
    let (name, port) = place.split_at(host_end);
    let port = match port {
        [] | b":" => scheme.default_port(),
        [b':', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .ok_or(Malformed::Redirect)?,
        _ => return Err(Malformed::Redirect),
    };
    let origin = Origin {
        scheme,
        host: host(name).ok_or(Malformed::Redirect)?,
        port,
    };
    Ok((origin, userinfo.map(basic)))
}

/// The host in the form of [`Origin::host`]; IPv6 addresses may have a zone.
fn host(name: &[u8]) -> Option<String> {
    let name = str::from_utf8(name).ok()?;
    if let Some(address) = name.strip_prefix('[') {
        let address = address.strip_suffix(']')?;
        return Origin::ipv6_host(address);
    }
    match Host::parse(name).ok()? {
        Host::Domain(name) => Some(name),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(_) => None,
    }
}

fn basic(userinfo: &[u8]) -> String {
    let (user, password) = split_once(userinfo, b':');
    basic_authorization(user, password.unwrap_or_default())
}

/// Path and query of a reference within the origin of `base`, which is a path
/// and a query itself.
fn request_target(reference: &[u8], base: &[u8]) -> Vec<u8> {
    let (path, query) = split_once(reference, b'?');
    let (base_path, base_query) = split_once(base, b'?');
    let (mut whole, query) = if path.is_empty() {
        (base_path.to_vec(), query.or(base_query))
    } else {
        let folder = match path.first() {
            Some(b'/') => &[],
            _ => folder(base_path),
        };
        (without_dots(&[folder, path].concat()), query)
    };
    if whole.first() != Some(&b'/') {
        whole.insert(0, b'/');
    }
    let mut target = Vec::with_capacity(reference.len() + base.len() + 16);
    encode(&whole, b"%20", &mut target);
    if let Some(query) = query {
        target.push(b'?');
        encode(query, b"+", &mut target);
    }
    target
}

/// A path up to its last slash.
fn folder(path: &[u8]) -> &[u8] {
    let slash = path.iter().rposition(|&byte| byte == b'/');
    slash.map_or(b"/", |at| path.get(..=at).unwrap_or_default())
}

/// RFC 3986, section 5.2.4.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut segments = path.split(|&byte| byte == b'/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_dots = matches!(segment, b"." | b"..");
        if segment == b".." {
            kept.pop();
        }
        if !is_dots {
            kept.push(segment);
        } else if segments.peek().is_none() {
            kept.push(b"");
        }
    }
    kept.iter()
        .flat_map(|segment| [b"/", *segment].concat())
        .collect()
}

/// Appends what a request line can hold as it stands, the rest
/// percent-encoded and spaces as `space`.
fn encode(text: &[u8], space: &[u8], into: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for &byte in text {
        match byte {
            b' ' => into.extend_from_slice(space),
            b'!'..=b'~' => into.push(byte),
            _ => into.extend_from_slice(&[
                b'%',
                HEX[usize::from(byte >> 4)],
                HEX[usize::from(byte & 15)],
            ]),
        }
    }
}

fn split_once(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&byte| byte == at) {
        Some(found) => (text.get(..found).unwrap_or_default(), text.get(found + 1..)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn here() -> Origin {
        Origin {
            scheme: Scheme::Http,
            host: "here.test".to_owned(),
            port: 80,
        }
    }

    fn seen(reference: &[u8]) -> Result<(String, String), Malformed> {
        let location = resolve(&here(), b"/a/b/c?x=1", reference)?;
        let target = String::from_utf8(location.target).expect("printable");
        Ok((location.origin.to_string(), target))
    }

    /// What curl 7.88 asks for next, but for `#f`, where it loses the last segment.
    #[test]
    fn references_within_the_origin_lead_where_curl_goes() {
        for (reference, target) in [
            (&b"/caf\xe9?n=\xfc"[..], "/caf%e9?n=%fc"),
            ("/café".as_bytes(), "/caf%c3%a9"),
            (b"/a b?c d", "/a%20b?c+d"),
            (b"/a\\b", "/a\\b"),
            (b"\\x", "/a/b/\\x"),
            (b"?q=2", "/a/b/c?q=2"),
            (b"#f", "/a/b/c?x=1"),
            (b"/x#frag?no", "/x"),
            (b"../../../up", "/up"),
            (b"..", "/a/"),
            (b".", "/a/b/"),
            (b"./d/./e/../f", "/a/b/d/f"),
            (b"/x/%2e%2e/y", "/x/%2e%2e/y"),
            (b"/..//x", "//x"),
            (b";p", "/a/b/;p"),
            (b"rel?u=http://x/", "/a/b/rel?u=http://x/"),
            (b"/\"<>{}|^`'?\"<>{}|^`'", "/\"<>{}|^`'?\"<>{}|^`'"),
        ] {
            let expected = Ok(("http://here.test".to_owned(), target.to_owned()));
            assert_eq!(seen(reference), expected, "{}", reference.escape_ascii());
        }
    }

    #[test]
    fn other_origins_are_read_as_curl_reads_them() {
        for (reference, origin, target) in [
            ("//there.test/x", "http://there.test", "/x"),
            ("https://there.test", "https://there.test", "/"),
            (
                "HTTPS://There.test:8443?z",
                "https://there.test:8443",
                "/?z",
            ),
            ("http://there.test:/x", "http://there.test", "/x"),
            ("http:/there.test/x", "http://there.test", "/x"),
            ("http:///there.test/x", "http://there.test", "/x"),
            ("http://0x7f.1/", "http://127.0.0.1", "/"),
            ("http://[::1]:81/", "http://[::1]:81", "/"),
            ("http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]", "/"),
            ("http://[FE80::0:1%eth0]/", "http://[fe80::1%25eth0]", "/"),
            ("http://b\u{fc}cher.test/", "http://xn--bcher-kva.test", "/"),
        ] {
            let expected = Ok((origin.to_owned(), target.to_owned()));
            assert_eq!(seen(reference.as_bytes()), expected, "{reference}");
        }
    }

    #[test]
    fn userinfo_becomes_credentials() {
        let credentials = |reference: &str| {
            let location = resolve(&here(), b"/", reference.as_bytes()).expect("usable");
            assert_eq!(location.origin.to_string(), "http://there.test");
            location.authorization
        };
        for (reference, expected) in [
            ("http://us:p%40w@there.test/", Some("Basic dXM6cEB3")),
            ("http://us@there.test/", Some("Basic dXM6")),
            ("//us:a@b@there.test/", Some("Basic dXM6YUBi")),
            ("http://there.test/us@", None),
        ] {
            assert_eq!(credentials(reference).as_deref(), expected, "{reference}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for bad in [
            "ftp://here.test/",
            "data:x",
            "a:b/c",
            "mailto:a@b.test",
            "http:",
            "http://",
            "http:////x",
            "//",
            "http://[",
            "http://[::1",
            "http://[::g]/",
            "http://[fe80::1%25]/",
            "http://[1.2.3.4]/",
            "http://x:99999/",
            "http://x:8a/",
            "http://a b/",
            "/a\tb",
            "http:\\\\x\\y",
        ] {
            assert_eq!(seen(bad.as_bytes()), Err(Malformed::Redirect), "{bad}");
        }
    }

    proptest! {
        /// Whatever a target sends, what is asked next fits a request line.
        #[test]
        fn a_target_fits_a_request_line(
            reference in proptest::collection::vec(any::<u8>(), 1..60),
            base in "/[a-z/.]{0,12}(\\?[a-z]{0,4})?",
        ) {
            if let Ok(location) = resolve(&here(), base.as_bytes(), &reference) {
                prop_assert!(location.target.starts_with(b"/"));
                prop_assert!(location.target.iter().all(u8::is_ascii_graphic));
            }
        }
    }
}
