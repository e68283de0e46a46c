//! Where a request carries the token: in a header, a cookie, or once in its
//! address.

use std::borrow::Cow;

use axum::http::{HeaderMap, Uri, header};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::web::http::token::Token;

/// The part of an address that carries the token.
const IN_ADDRESS: &str = "token";

/// The name of the cookie with the token.
///
/// Browsers send a cookie to every port of a host, so dashboards side by side
/// need names of their own, or they would log each other out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CookieName(String);

impl CookieName {
    /// The name for what tells a dashboard from others, the same after a
    /// restart: a browser forgets none of them by itself.
    pub(crate) fn of(instance: &str) -> Self {
        let hash = Sha256::digest(instance);
        let short: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("swarmdeck_token_{short}"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// True if one of the cookies of this name has the token as its value.
    pub(crate) fn brings(&self, headers: &HeaderMap, token: &Token) -> bool {
        let lines = headers.get_all(header::COOKIE).iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let pairs = lines
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs
            .filter(|(name, _)| name.trim_end() == self.0)
            .map(|(_, value)| unquoted(value.trim_start()));
        values.any(|given| token.is(given))
    }
}

/// True if `Authorization` carries the token: `Bearer TOKEN`, the scheme in
/// any case (RFC 9110, 11.1).
pub(super) fn bearer_brings(headers: &HeaderMap, token: &Token) -> bool {
    let lines = headers.get_all(header::AUTHORIZATION).iter();
    let mut lines = lines.filter_map(|line| line.to_str().ok());
    lines.any(|line| {
        let parts = line.trim().split_once(' ');
        parts.is_some_and(|(scheme, given)| {
            scheme.eq_ignore_ascii_case("bearer") && token.is(given.trim_start())
        })
    })
}

/// The token in a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InAddress {
    Nothing,
    /// Another one.
    Wrong,
    Token,
}

/// True if a URL carries the token, as `?token=TOKEN`.
pub(super) fn address_brings(uri: &Uri, token: &Token) -> InAddress {
    let mut found = InAddress::Nothing;
    for pair in pairs(uri) {
        if let Some(given) = token_of(pair) {
            if token.is(&given) {
                return InAddress::Token;
            }
            found = InAddress::Wrong;
        }
    }
    found
}

/// The query of an address without the token, with its `?`; empty if nothing
/// is left of it.
pub(super) fn query_without_token(uri: &Uri) -> String {
    let kept: Vec<_> = pairs(uri).filter(|pair| token_of(pair).is_none()).collect();
    if kept.is_empty() {
        String::new()
    } else {
        format!("?{}", kept.join("&"))
    }
}

fn pairs(uri: &Uri) -> impl Iterator<Item = &str> {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs.filter(|pair| !pair.is_empty())
}

/// The token in a pair of a query, if it names one.
fn token_of(pair: &str) -> Option<Cow<'_, str>> {
    let (name, value) = form_urlencoded::parse(pair.as_bytes()).next()?;
    (name == IN_ADDRESS).then_some(value)
}

/// Some clients put cookies in quotes (RFC 6265, 4.1.1).
fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"');
    inner
        .and_then(|inner| inner.strip_suffix('"'))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token::random().expect("random numbers")
    }

    fn headers(name: &header::HeaderName, values: &[String]) -> HeaderMap {
        let values = values
            .iter()
            .map(|value| value.parse().expect("a header value"));
        values.map(|value| (name.clone(), value)).collect()
    }

    #[test]
    fn the_scheme_is_written_in_any_case() {
        let token = token();
        let secret = token.as_str();
        let is_taken =
            |lines: &[String]| bearer_brings(&headers(&header::AUTHORIZATION, lines), &token);
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            assert!(is_taken(&[format!("{scheme} {secret}")]), "{scheme}");
            assert!(is_taken(&[format!("{scheme}   {secret} ")]), "{scheme}");
        }
        let basic = "Basic dXNlcjpwYXNz".to_owned();
        assert!(is_taken(&[basic.clone(), format!("Bearer {secret}")]));
        for line in [
            basic,
            secret.to_owned(),
            format!("Bearer{secret}"),
            format!("Token {secret}"),
            format!("Bearer {secret} x"),
            format!("Bearer x{secret}"),
            "Bearer ".to_owned(),
        ] {
            assert!(!is_taken(std::slice::from_ref(&line)), "{line}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let token = token();
        let secret = token.as_str();
        let name = CookieName::of("a");
        let ours = name.as_str();
        let is_taken = |line: String| name.brings(&headers(&header::COOKIE, &[line]), &token);
        for line in [
            format!("{ours}={secret}"),
            format!("a=b; {ours}={secret}; c=d"),
            format!("a=b;{ours}={secret}"),
            format!("{ours}=stale; {ours}={secret}"),
            format!("{ours}=\"{secret}\""),
            format!("x; =; {ours} = {secret} ;"),
        ] {
            assert!(is_taken(line.clone()), "{line}");
        }
        let other = CookieName::of("b");
        for line in [
            format!("swarmdeck_token={secret}"),
            format!("{}={secret}", other.as_str()),
            format!("x{ours}={secret}"),
            format!("{ours}={secret}x"),
            format!("{ours}=\"{secret}"),
            format!("a=\"; {ours}x={secret}\""),
            ours.to_owned(),
            format!("{ours}="),
        ] {
            assert!(!is_taken(line.clone()), "{line}");
        }
        let two = [format!("{ours}=x"), format!("{ours}={secret}")];
        assert!(name.brings(&headers(&header::COOKIE, &two), &token));
    }

    #[test]
    fn a_name_is_its_instances_own_and_stays() {
        assert_eq!(CookieName::of("host 8089 /"), CookieName::of("host 8089 /"));
        assert_ne!(CookieName::of("host 8089 /"), CookieName::of("host 8090 /"));
        assert_eq!(
            CookieName::of("x").as_str().len(),
            "swarmdeck_token_".len() + 8
        );
    }

    #[test]
    fn the_rest_of_an_address_stays_as_it_is() {
        let token = token();
        let secret = token.as_str();
        for (query, found, rest) in [
            (String::new(), InAddress::Nothing, ""),
            (format!("?token={secret}"), InAddress::Token, ""),
            (
                format!("?a=1&token={secret}&b=%26;c"),
                InAddress::Token,
                "?a=1&b=%26;c",
            ),
            (format!("?token=x&token={secret}&a"), InAddress::Token, "?a"),
            (format!("?%74oken={secret}"), InAddress::Token, ""),
            ("?token=x&a=b".to_owned(), InAddress::Wrong, "?a=b"),
            ("?token".to_owned(), InAddress::Wrong, ""),
            (
                format!("?tokens={secret}"),
                InAddress::Nothing,
                &format!("?tokens={secret}"),
            ),
            (
                format!("?x=token={secret}"),
                InAddress::Nothing,
                &format!("?x=token={secret}"),
            ),
        ] {
            let uri: Uri = format!("/p{query}").parse().expect("an address");
            assert_eq!(address_brings(&uri, &token), found, "{query}");
            assert_eq!(query_without_token(&uri), rest, "{query}");
        }
    }
}
