//! What a `Set-Cookie` field says (RFC 6265, section 5.2).

use super::date;
use crate::client::limits::{COOKIE_ATTRIBUTE_BYTES, COOKIE_BYTES};

/// A parsed field. Of an attribute that is there several times the last counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SetCookie<'f> {
    /// Never empty.
    pub(super) name: &'f [u8],
    /// Quotes are part of it.
    pub(super) value: &'f [u8],
    /// Unix seconds.
    pub(super) expires: Option<i64>,
    /// Seconds from now; not positive for one that is to be forgotten.
    pub(super) max_age: Option<i64>,
    /// Without a leading dot; never empty.
    pub(super) domain: Option<&'f [u8]>,
    /// Begins with a slash.
    pub(super) path: Option<&'f [u8]>,
    pub(super) is_secure: bool,
}

impl<'f> SetCookie<'f> {
    /// `None` for what is no cookie: without a name, too long, or with control
    /// characters.
    pub(super) fn parse(field: &'f [u8]) -> Option<Self> {
        if field
            .iter()
            .any(|&byte| byte.is_ascii_control() && byte != b'\t')
        {
            return None;
        }
        let mut parts = field.split(|&byte| byte == b';');
        let (name, value) = halves(parts.next()?);
        let value = value?;
        if name.is_empty() || name.len() + value.len() > COOKIE_BYTES {
            return None;
        }
        let mut cookie = Self {
            name,
            value,
            ..Self::default()
        };
        for part in parts {
            let (name, value) = halves(part);
            let value = value.unwrap_or_default();
            if value.len() <= COOKIE_ATTRIBUTE_BYTES {
                cookie.take(name, value);
            }
        }
        Some(cookie)
    }

    fn take(&mut self, name: &[u8], value: &'f [u8]) {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        if is("expires") {
            self.expires = date::parse(value).or(self.expires);
        } else if is("max-age") {
            self.max_age = seconds(value).or(self.max_age);
        } else if is("domain") {
            let value = value.strip_prefix(b".").unwrap_or(value);
            self.domain = Some(value)
                .filter(|value| !value.is_empty())
                .or(self.domain);
        } else if is("path") {
            // Anything else means the default path, also after another `Path`.
            self.path = Some(value).filter(|value| value.starts_with(b"/"));
        } else if is("secure") {
            self.is_secure = true;
        }
    }
}

/// Name and value around the first `=`, without the spaces around them.
fn halves(part: &[u8]) -> (&[u8], Option<&[u8]>) {
    match part.iter().position(|&byte| byte == b'=') {
        Some(at) => {
            let (name, value) = part.split_at(at);
            let value = value.get(1..).unwrap_or_default();
            (name.trim_ascii(), Some(value.trim_ascii()))
        }
        None => (part.trim_ascii(), None),
    }
}

/// The value of `Max-Age`: more than can be counted is as much as can.
fn seconds(value: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match value.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let amount = digits.iter().fold(0_i64, |sum, &digit| {
        sum.saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'))
    });
    Some(if is_negative { -amount } else { amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(field: &str) -> SetCookie<'_> {
        SetCookie::parse(field.as_bytes()).expect("a cookie")
    }

    #[test]
    fn odd_spacing_and_case_do_not_matter() {
        for field in [
            "a=b; Path=/x; Domain=.Shop.test; Max-Age=5; Secure; Expires=Thu, 01 Jan 1970 00:00:07 GMT",
            "a=b;path=/x;domain=Shop.test;max-age=5;secure;expires=Thu, 01 Jan 1970 00:00:07 GMT",
            " \ta \t=  b\t ;; PATH \t= /x ; dOmAiN=  .Shop.test;MAX-AGE = 5 ;\tSECURE\t; expires = 1 jan 70 0:0:7 ;",
            "a=b; Secure=no; Path=/other; Path=/x; Domain=other; Domain=Shop.test; Max-Age=9; Max-Age=5; Expires=1 Jan 70 0:0:7; Expires=never; HttpOnly; SameSite=Lax; Unknown",
        ] {
            let expected = SetCookie {
                name: b"a",
                value: b"b",
                expires: Some(7),
                max_age: Some(5),
                domain: Some(b"Shop.test"),
                path: Some(b"/x"),
                is_secure: true,
            };
            assert_eq!(parsed(field), expected, "{field}");
        }
    }

    #[test]
    fn values_are_kept_as_they_are() {
        for (field, value) in [
            ("a=", &b""[..]),
            ("a=b=c", b"b=c"),
            ("a=\"b c\"", b"\"b c\""),
            ("a=b, c", b"b, c"),
            ("a=caf\u{e9}", "caf\u{e9}".as_bytes()),
        ] {
            assert_eq!(parsed(field).value, value, "{field}");
        }
        let latin = SetCookie::parse(b"na\xefve=caf\xe9").expect("a cookie");
        assert_eq!(
            (latin.name, latin.value),
            (&b"na\xefve"[..], &b"caf\xe9"[..])
        );
    }

    #[test]
    fn what_is_no_cookie_is_refused() {
        for field in [
            "",
            "a",
            "a; Path=/",
            "=b",
            " = b",
            ";a=b",
            "a=b\0c",
            "a\u{7f}=b",
        ] {
            assert_eq!(SetCookie::parse(field.as_bytes()), None, "{field:?}");
        }
    }

    #[test]
    fn an_attribute_that_makes_no_sense_does_not_count() {
        let cookie = parsed("a=b; Max-Age=1h; Max-Age=; Max-Age=+1; Expires=soon; Domain=; Path=x");
        assert_eq!((cookie.max_age, cookie.expires), (None, None));
        assert_eq!((cookie.domain, cookie.path), (None, None));
        assert_eq!(parsed("a=b; Path=/x; Path=").path, None);
        let long = format!("a=b; Path=/{}", "x".repeat(COOKIE_ATTRIBUTE_BYTES));
        assert_eq!(parsed(&long).path, None);
    }

    #[test]
    fn ages_may_be_negative_or_beyond_all_measure() {
        assert_eq!(parsed("a=b; Max-Age=-5").max_age, Some(-5));
        assert_eq!(parsed("a=b; Max-Age=0").max_age, Some(0));
        let beyond = parsed("a=b; Max-Age=99999999999999999999999999");
        assert_eq!(beyond.max_age, Some(i64::MAX));
        let before = parsed("a=b; Max-Age=-99999999999999999999999999");
        assert_eq!(before.max_age, Some(-i64::MAX));
    }
}
