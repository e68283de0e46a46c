//! Credentials in text, known by how they look.
//!
//! The secrets of a scenario are known by their values. Others are found here:
//! what a target has just issued, was sent or is configured with, and what a
//! scenario or an address holds literally. What is hidden is a guess on the
//! safe side: a word too much now and then, never the message around it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::program::request::credential_names::{holds_credentials, is_credential_name};
use crate::program::request::secrets::Secrets;

/// Names of what is never shown, as parts of a longer name.
const NAMES: &str = "(?:passw|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|authenticity|credential|cookie|session|sid|jwt|csrf|xsrf|signature|otp)";
/// The shortest bare word after a scheme that is taken for a credential.
const BARE_CHARS: usize = 20;

/// Forms by which services make their keys recognizable.
const KNOWN: &str = concat!(
    r"\b[spr]k_(?:live|test)_[A-Za-z0-9]{8,}",
    r"|\bsk-[A-Za-z0-9_\-]{20,}",
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}",
    r"|\bgithub_pat_[A-Za-z0-9_]{20,}",
    r"|\bglpat-[A-Za-z0-9_\-]{20,}",
    r"|\bxox[abeoprs]-[A-Za-z0-9\-]{10,}",
    r"|\bA(?:KIA|SIA)[0-9A-Z]{16}\b",
    r"|\bAIza[0-9A-Za-z_\-]{35}",
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
);

struct Patterns {
    /// `"token": "..."`, also within a quoted string, and with a number.
    field: Regex,
    /// `"token": {` and `"tokens": [`
    nested: Regex,
    /// `token=...`
    pair: Regex,
    /// `token: ...` without quotes, of a value with a digit: a message has none.
    plain: Regex,
    /// `Authorization: ...`
    header: Regex,
    /// `Bearer ...`
    scheme: Regex,
    /// A JSON web token.
    jwt: Regex,
    /// `://user:password@`, and `://key@`.
    url: Regex,
    /// `host: user:password@...`, where the scheme is missing.
    bare: Regex,
    /// Keys and tokens of known services, and private keys.
    known: Regex,
}

/// Compiled once; each is read in linear time, whatever the text.
static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let key = format!(
        r#"\\*["'][A-Za-z0-9_.\- ]{{0,40}}{NAMES}[A-Za-z0-9_.\- ]{{0,40}}\\*["']\s*(?::|=>?)\s*"#
    );
    let new = |pattern: String| Regex::new(&format!("(?i){pattern}")).ok();
    Some(Patterns {
        field: new(format!(
            r#"({key})(?:\\+"[^"]*(?:"|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)|-?\d[A-Za-z0-9_.\-]*)"#
        ))?,
        nested: new(format!(r"({key})[\[{{]"))?,
        pair: new(format!(
            r#"\b([A-Za-z0-9_.\-]{{0,40}}{NAMES}[A-Za-z0-9_.\-]{{0,40}}=)(?:"[^"]*"?|'[^']*'?|[^\s&;,"'<>]+)"#
        ))?,
        plain: new(format!(
            r#"\b([A-Za-z0-9_.\-]{{0,40}}{NAMES}[A-Za-z0-9_.\-]{{0,40}}:\s*)[^\s"'\[\]{{}},;<>]*\d[^\s"'\[\]{{}},;<>]*"#
        ))?,
        header: new(
            r#"\b((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]*(?:key|token))(\s*:\s*)[^"'\r\n]+"#
                .to_owned(),
        )?,
        scheme: new(r"\b(bearer|basic|token)\s+([A-Za-z0-9._~+/=\-]{6,})".to_owned())?,
        jwt: new(r"\beyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*){0,2}".to_owned())?,
        url: new(r#"(://(?:[^\s/?\#:@"'<>]+:)?)([^\s/?\#"'<>]+)@"#.to_owned())?,
        bare: new(
            r#"\b(?:host|proxy)["']?\s*[=:]\s*["']?([^\s/?\#:@"'<>{}]+:)([^\s/?\#"'<>{}]+)@"#.to_owned(),
        )?,
        known: Regex::new(KNOWN).ok()?,
    })
});

/// What stands in the place of what was found.
type Replace<'r> = &'r dyn Fn(&Captures<'_>) -> String;

/// The text with what looks like a credential replaced.
#[must_use]
pub(crate) fn mask_credentials(text: &str) -> Cow<'_, str> {
    let Some(patterns) = &*PATTERNS else {
        return Cow::Borrowed(Secrets::MASK);
    };
    let mask = Secrets::MASK;
    let steps: [(&Regex, Replace<'_>); 8] = [
        (&patterns.known, &|_| mask.to_owned()),
        (&patterns.url, &|found| format!("{}{mask}@", &found[1])),
        (&patterns.header, &|found| {
            format!("{}{}{mask}", &found[1], &found[2])
        }),
        (&patterns.field, &|found| format!("{}\"{mask}\"", &found[1])),
        (&patterns.pair, &|found| format!("{}{mask}", &found[1])),
        (&patterns.plain, &|found| format!("{}{mask}", &found[1])),
        (&patterns.jwt, &|_| mask.to_owned()),
        (&patterns.scheme, &|found| {
            if is_word(&found[2]) {
                found[0].to_owned()
            } else {
                format!("{} {mask}", &found[1])
            }
        }),
    ];
    let mut masked = Cow::Borrowed(text);
    for (pattern, replace) in steps {
        if let Cow::Owned(replaced) = pattern.replace_all(&masked, replace) {
            masked = Cow::Owned(replaced);
        }
    }
    match mask_nested(&masked, &patterns.nested) {
        Some(nested) => Cow::Owned(nested),
        None => masked,
    }
}

/// The text with the values beneath the names of credentials replaced, if there
/// are any: the texts of `"token": {"value": "..."}` and `"tokens": ["..."]`.
fn mask_nested(text: &str, nested: &Regex) -> Option<String> {
    let mut masked = String::new();
    let mut at = 0;
    while let Some(found) = nested.captures_at(text, at) {
        let (whole, key) = (found.get(0)?, found.get(1)?);
        let name = key
            .as_str()
            .trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let bracket = whole.end() - 1;
        masked.push_str(&text[at..bracket]);
        at = bracket;
        if holds_credentials(name) {
            at += push_masked(&mut masked, &text[at..]);
        }
    }
    (at > 0).then(|| masked + &text[at..])
}

/// Adds the JSON value that a text begins with, its texts replaced; how long it
/// is. Names of fields stay, and what has white space: that is a message.
fn push_masked(masked: &mut String, text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let end = at + c.len_utf8();
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            '"' | '\'' => {
                let is_escaped = text[..at].ends_with('\\');
                let end = at + quoted(&text[at..], is_escaped);
                let word = &text[at..end];
                let is_name = text[end..].trim_start().starts_with(':');
                let is_empty = word.trim_matches(['"', '\'', '\\']).is_empty();
                if is_name || is_empty || word.contains(char::is_whitespace) {
                    masked.push_str(word);
                } else {
                    let close = if is_escaped { "\\\"" } else { "\"" };
                    masked.extend(["\"", Secrets::MASK, close]);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        masked.push(c);
        at = end;
        if depth == 0 {
            break;
        }
    }
    at
}

/// How long the quoted text is that this begins with; of one that is cut off all of it.
fn quoted(text: &str, is_escaped: bool) -> usize {
    let quote = text.as_bytes()[0];
    let mut was_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        // The quotes of a text within a text are escaped themselves.
        if byte == quote && was_escaped == is_escaped {
            return at + 1;
        }
        was_escaped = byte == b'\\' && !was_escaped;
    }
    text.len()
}

/// Whether what follows the name of a scheme belongs to a sentence or is a
/// parameter, not a credential.
fn is_word(text: &str) -> bool {
    text.len() < BARE_CHARS && !text.contains(char::is_numeric)
        || text.contains('=') && !text.ends_with('=')
}

/// The text with the credentials of all addresses in it replaced. Does not
/// allocate for a text without any.
#[must_use]
pub fn mask_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains("://") || !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let Some(patterns) = &*PATTERNS else {
        return Cow::Borrowed(Secrets::MASK);
    };
    patterns.url.replace_all(text, |found: &Captures<'_>| {
        format!("{}{}@", &found[1], Secrets::MASK)
    })
}

/// An address as it is shown: without its password, or without what stands
/// there instead of a user and a password.
#[must_use]
pub fn mask_address(address: &str) -> Cow<'_, str> {
    match address_credential(address) {
        Some(hidden) => {
            let (before, after) = (&address[..hidden.start], &address[hidden.end..]);
            Cow::Owned([before, Secrets::MASK, after].concat())
        }
        None => Cow::Borrowed(address),
    }
}

/// The part of an address that is never shown: the password in
/// `user:password@`, or all that stands before the `@`, in bytes.
#[must_use]
pub fn address_credential(address: &str) -> Option<Range<usize>> {
    let start = address.find("://").map_or(0, |at| at + 3);
    let rest = &address[start..];
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    let at = authority.rfind('@').or_else(|| {
        // What no parser takes for a port is a password with a slash in it.
        let (_, port) = authority.rsplit_once(':')?;
        let is_port = port
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b']');
        rest.rfind('@').filter(|_| !is_port)
    })?;
    let user = rest[..at].find(':').filter(|end| *end > 0 && end + 1 < at);
    let from = user.map_or(0, |end| end + 1);
    (from < at).then(|| start + from..start + at)
}

/// Where credentials stand in a text that people write: addresses, pairs with
/// the name of a credential, schemes, web tokens, keys of known services; in
/// bytes, in order, without overlaps. What holds `{{ }}` is a reference.
#[must_use]
pub fn literal_credentials(text: &str) -> Vec<Range<usize>> {
    let Some(patterns) = &*PATTERNS else {
        return std::iter::once(0..text.len()).collect();
    };
    let mut found = Vec::new();
    let mut add = |range: Range<usize>| {
        let hidden = &text[range.clone()];
        let is_open = hidden.contains("{{") || hidden.contains("}}");
        let bare = hidden.trim_matches(['"', '\'', '\\', ' ', '\t']);
        if !is_open && !bare.is_empty() && bare != Secrets::MASK {
            found.push(range);
        }
    };
    for pattern in [&patterns.known, &patterns.jwt] {
        pattern.find_iter(text).for_each(|one| add(one.range()));
    }
    for pattern in [&patterns.url, &patterns.bare] {
        for one in pattern.captures_iter(text) {
            one.get(2).into_iter().for_each(|part| add(part.range()));
        }
    }
    for one in patterns.header.captures_iter(text) {
        let (whole, colon) = (one.get(0), one.get(2));
        if let (Some(whole), Some(colon)) = (whole, colon) {
            add(colon.end()..whole.end());
        }
    }
    for one in patterns.scheme.captures_iter(text) {
        let part = one.get(2).filter(|part| !is_word(part.as_str()));
        part.into_iter().for_each(|part| add(part.range()));
    }
    for pattern in [&patterns.field, &patterns.pair, &patterns.plain] {
        for one in pattern.captures_iter(text) {
            let (whole, key) = (one.get(0), one.get(1));
            if let (Some(whole), Some(key)) = (whole, key)
                && is_credential_name(key.as_str())
            {
                add(key.end()..whole.end());
            }
        }
    }
    merged(found)
}

/// The ranges in order, those that overlap joined.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match all.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => all.push(range),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden() {
        for (text, shown) in [
            (
                r#"{"password": "x y", "id": 1}"#,
                r#"{"password": "***", "id": 1}"#,
            ),
            (
                r#"{"access_token":"a\"b","n":2}"#,
                r#"{"access_token":"***","n":2}"#,
            ),
            (r#"{"apiKey":12345}"#, r#"{"apiKey":"***"}"#),
            (r#"{'sessionid': 'abc'}"#, r#"{'sessionid': "***"}"#),
            (r#"{"token": "never ends"#, r#"{"token": "***""#),
            (
                r#"{"m":"{\"password\":\"pw\",\"a\":1}"}"#,
                r#"{"m":"{\"password\":"***",\"a\":1}"}"#,
            ),
            (
                r#"{"tokens": ["a1", "b2"]}"#,
                r#"{"tokens": ["***", "***"]}"#,
            ),
            (
                r#"{"token": {"value": "uPLk-1", "uses": 8}, "id": "a"}"#,
                r#"{"token": {"value": "***", "uses": 8}, "id": "a"}"#,
            ),
            (
                r#"{"tokens":[{"kind":{"x":["a\"b",""]}},"c"],"id":"a"}"#,
                r#"{"tokens":[{"kind":{"x":["***",""]}},"***"],"id":"a"}"#,
            ),
            (
                r#"{"credentials": {"key": "never ends"#,
                r#"{"credentials": {"key": "never ends"#,
            ),
            (
                r#"{"credentials": {"key": "never-en"#,
                r#"{"credentials": {"key": "***""#,
            ),
            (
                r#"{"m":"{\"token\":{\"value\":\"a1\",\"n\":1}}", "id": "a"}"#,
                r#"{"m":"{\"token\":{\"value\":\"***\",\"n\":1}}", "id": "a"}"#,
            ),
            (
                "{'session': {'key': 'abc'}, 'id': 'a'}",
                "{'session': {'key': \"***\"}, 'id': 'a'}",
            ),
            ("next=/?token=abc&page=2", "next=/?token=***&page=2"),
            ("dsn=x password='hunter2' a=1", "dsn=x password=*** a=1"),
            ("level=info token=\"a b\" n=2", "level=info token=*** n=2"),
            ("api_key: sk-live-1, id: 7", "api_key: ***, id: 7"),
            ("Authorization: Basic dXNlcjpwYXNz", "Authorization: ***"),
            ("Set-Cookie: sid=1; Path=/", "Set-Cookie: ***"),
            ("got Bearer abc123def456 instead", "got Bearer *** instead"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_d", "***"),
            (
                "postgres://app:hunter2@db:5432/x",
                "postgres://app:***@db:5432/x",
            ),
        ] {
            assert_eq!(mask_credentials(text), shown, "{text}");
            assert_eq!(mask_credentials(shown), shown, "{text}, once more");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (address, shown) in [
            ("http://a.example", "http://a.example"),
            ("http://user:pw@a.example/x", "http://user:***@a.example/x"),
            ("http://sk_live_1@a.example", "http://***@a.example"),
            ("http://sk_live_1:@a.example", "http://***@a.example"),
            ("http://:pw@a.example", "http://***@a.example"),
            ("http://u:p@ss:w@a.example", "http://u:***@a.example"),
            ("http://u:p/w@a.example", "http://u:***@a.example"),
            ("u:pw@a.example:80", "u:***@a.example:80"),
            ("http://a.example/@user", "http://a.example/@user"),
            ("http://a.example:8080/@user", "http://a.example:8080/@user"),
            ("http://[::1]:8080/@user", "http://[::1]:8080/@user"),
            ("http://@a.example", "http://@a.example"),
            ("", ""),
        ] {
            assert_eq!(mask_address(address), shown);
        }
        let text = "tried http://u:p@ss@a, then https://key@b/x and http://c/@d";
        let shown = "tried http://u:***@a, then https://***@b/x and http://c/@d";
        assert_eq!(mask_addresses(text), shown);
    }

    #[test]
    fn literals_are_found_and_references_are_not() {
        let hidden = |text: &'static str| -> Vec<&str> {
            let ranges = literal_credentials(text).into_iter();
            ranges.map(|range| &text[range]).collect()
        };
        assert_eq!(hidden("/x?api_key=k1&page=2"), ["k1"]);
        assert_eq!(hidden("/x?sessions=5&inside=7"), [""; 0]);
        assert_eq!(hidden(r#"{"password": "p q", "n": 1}"#), [r#""p q""#]);
        assert_eq!(hidden(r#"{"password": "{{ secret('P') }}"}"#), [""; 0]);
        assert_eq!(hidden("Bearer {{ token }}"), [""; 0]);
        assert_eq!(hidden("Bearer abcdef123456"), ["abcdef123456"]);
        assert_eq!(
            hidden("http://u:p@h and sk_live_12345678"),
            ["p", "sk_live_12345678"]
        );
        assert_eq!(hidden("host=db password=hunter2"), ["hunter2"]);
        assert_eq!(hidden("http.proxy=me:pw1@proxy"), ["pw1"]);
        assert_eq!(hidden("token=*** a"), [""; 0]);
    }

    #[test]
    fn messages_stay() {
        for text in [
            r#"{"detail":"CSRF Failed: CSRF token missing."}"#,
            r#"{"error":"No active risk model found"}"#,
            r#"{"password": ["This password is too short."]}"#,
            r#"{"detail": "Given token not valid for any token type"}"#,
            r#"{"token": null, "session": true}"#,
            r#"{"password": {"errors": ["This password is too short."]}}"#,
            r#"{"residence": {"city": "Berlin"}, "token": {}}"#,
            "Bearer authentication required",
            "Bearer realm=\"api\", error=\"invalid_token\"",
            "no such token here",
            "http://127.0.0.1:8000/login",
            "",
        ] {
            assert_eq!(mask_credentials(text), text);
        }
    }
}
