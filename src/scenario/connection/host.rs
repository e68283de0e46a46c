//! The address of the target.

use std::borrow::Cow;

use url::Url;

use crate::model::{Origin, Scheme, basic_authorization};
use crate::program::{Secrets, mask_address};
use crate::scenario::request::request_ir::OtherOrigin;

/// Why a host cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Neither the file nor the caller gives one.
    #[error("no host to test; give one with --host http://localhost:8000 or `host:` in the file")]
    Missing,
    /// A host with holes.
    #[error(
        "the host `{0}` is needed before the run: of `{{{{ }}}}` only `env.NAME` can stand in it; --host and --set replace it"
    )]
    Template(String),
    /// Not an address.
    #[error("`{0}` is not an address; write http://localhost:8000 or https://example.org")]
    NotAnAddress(String),
    /// No scheme.
    #[error("`{0}` has no scheme; write http://{0} or https://{0}")]
    NoScheme(String),
    /// A scheme that is not spoken here.
    #[error("`{0}://` is not supported; only http:// and https:// are")]
    Scheme(String),
    /// A mask in the place of a password.
    #[error("`{0}` holds `***` where its password was hidden; write the password again")]
    Masked(String),
    /// A query or fragment.
    #[error("`{0}` holds a query or a fragment; a host ends before them")]
    Query(String),
}

/// The base address of a target.
pub(crate) struct Host {
    pub(crate) target: OtherOrigin,
    /// The prefix of every path; empty or `/api`, without a slash at its end.
    pub(crate) base_path: String,
}

/// Reads an address.
pub(crate) fn parse(text: &str) -> Result<Host, HostError> {
    let text = text.trim();
    let shown = || mask_address(text).into_owned();
    let not_an_address = || HostError::NotAnAddress(shown());
    if text.is_empty() {
        return Err(HostError::Missing);
    }
    if text.contains("{{") {
        return Err(HostError::Template(shown()));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        let is_host = !text.contains([' ', '/']) && Url::parse(&format!("http://{text}")).is_ok();
        return Err(if is_host {
            HostError::NoScheme(shown())
        } else {
            not_an_address()
        });
    };
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return Err(HostError::Scheme(scheme.to_owned())),
    };
    // The library repairs what a browser would; a load test should not guess.
    if rest.is_empty() || rest.starts_with(['/', '\\', '?']) || rest.contains(char::is_whitespace) {
        return Err(not_an_address());
    }
    let (plain, zoned) = without_zone(text).ok_or_else(not_an_address)?;
    let url = Url::parse(&plain).map_err(|_| not_an_address())?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(HostError::Query(shown()));
    }
    if [Some(url.username()), url.password()].contains(&Some(Secrets::MASK)) {
        return Err(HostError::Masked(text.to_owned()));
    }
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(not_an_address)?;
    Ok(Host {
        target: OtherOrigin {
            origin: Origin {
                scheme,
                host: zoned.unwrap_or_else(|| host.trim_matches(['[', ']']).to_owned()),
                port: url.port().unwrap_or(scheme.default_port()),
            },
            authorization: authorization(&url),
        },
        base_path: url.path().trim_end_matches('/').to_owned(),
    })
}

/// An address as the library reads it, which knows no zones of IPv6 addresses,
/// and the host with its zone if it has one; `None` if that is none.
fn without_zone(text: &str) -> Option<(Cow<'_, str>, Option<String>)> {
    let bracket = text.find('[').zip(text.find(']'));
    let inside = bracket.and_then(|(open, close)| Some((open, text.get(open + 1..close)?)));
    let Some((open, host)) = inside.filter(|(_, host)| host.contains('%')) else {
        return Some((text.into(), None));
    };
    let zoned = Origin::ipv6_host(host)?;
    let address = host.split('%').next()?;
    let rest = &text[open + 1 + host.len()..];
    let plain = format!("{}{address}{rest}", &text[..=open]);
    Some((plain.into(), Some(zoned)))
}

/// Whether two hosts that can be read are one.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (parse(one), parse(other)) else {
        return false;
    };
    one.target == other.target && one.base_path == other.base_path
}

/// `Basic ...` from `user:password@`.
fn authorization(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let password = url.password().unwrap_or_default();
    let (user, password) = (url.username().as_bytes(), password.as_bytes());
    Some(basic_authorization(user, password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        for (text, origin, base_path) in [
            ("http://localhost:8000", "http://localhost:8000", ""),
            ("https://example.org/", "https://example.org", ""),
            ("HTTP://Example.org:80/api/", "http://example.org", "/api"),
            ("http://[::1]:8000", "http://[::1]:8000", ""),
            (
                "http://[fe80::1%25lo]:8000/a",
                "http://[fe80::1%25lo]:8000",
                "/a",
            ),
            ("http://[FE80::1%lo]", "http://[fe80::1%25lo]", ""),
        ] {
            let host = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(host.target.origin.to_string(), origin);
            assert_eq!(host.base_path, base_path);
            assert_eq!(host.target.authorization, None);
        }
        let host = parse("http://us%20er:p%40ss@localhost").unwrap();
        let expected = "Basic dXMgZXI6cEBzcw==";
        assert_eq!(host.target.authorization.as_deref(), Some(expected));
    }

    #[test]
    fn says_what_is_wrong_with_an_address() {
        let error = |text| parse(text).map(|_| ()).unwrap_err().to_string();
        assert!(error("localhost:8000").contains("write http://localhost:8000"));
        assert!(error("ftp://x").contains("`ftp://` is not supported"));
        assert!(error("").contains("--host"));
        assert!(error("http://x/?a=1").contains("query"));
        assert!(error("http://{{ user.number }}").contains("only `env.NAME` can stand in it"));
        assert!(error("http://u:***@x").contains("write the password again"));
        for text in [
            "u:hunter2@x",
            "http://u:hunter2@",
            "http://u:hunter2@x/?a",
            "http://u:hunt/er2@x",
        ] {
            assert!(!error(text).contains("er2"), "{}", error(text));
        }
        for text in [
            "http://",
            "http:///x",
            "http://a b",
            "not an address",
            "http://x:99999",
            "http://[fe80::1%25]",
            "http://[fe80::1%25a b]",
        ] {
            assert!(error(text).contains("is not an address"), "{text}");
        }
    }
}
