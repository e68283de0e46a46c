//! Credentials in what a target says, known by how they look.
//!
//! The secrets of a scenario are known by their values; a target may show
//! others: what it has just issued, what it was sent, what it is configured
//! with. What is hidden is a guess on the safe side: a word too much now and
//! then, never the message around it.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::program::secrets::Secrets;

/// Names of what is never shown, as parts of a longer name.
const NAMES: &str = "(?:passw|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|authenticity|credential|cookie|session|sid|jwt|csrf|xsrf|signature|otp)";
/// The shortest bare word after a scheme that is taken for a credential.
const BARE_CHARS: usize = 20;

struct Patterns {
    /// `"token": "..."`, also within a quoted string, and with a number.
    field: Regex,
    /// `"tokens": ["...", ...]`
    list: Regex,
    /// A quoted text: a message, where it has white space.
    word: Regex,
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
    /// `://user:password@`
    url: Regex,
}

/// Compiled once; each is read in linear time, whatever the text.
static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let key = format!(r#"\\*["'][\w.\- ]{{0,40}}{NAMES}[\w.\- ]{{0,40}}\\*["']\s*(?::|=>?)\s*"#);
    let new = |pattern: String| Regex::new(&format!("(?i){pattern}")).ok();
    Some(Patterns {
        field: new(format!(
            r#"({key})(?:\\+"[^"]*(?:"|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)|-?\d[\w.\-]*)"#
        ))?,
        list: new(format!(r"({key})\[([^\]]*)"))?,
        word: new(r#""[^"]*(?:"|$)|'[^']*(?:'|$)"#.to_owned())?,
        pair: new(format!(
            r#"\b([\w.\-]{{0,40}}{NAMES}[\w.\-]{{0,40}}=)(?:"[^"]*"?|'[^']*'?|[^\s&;,"'<>]+)"#
        ))?,
        plain: new(format!(
            r#"\b([\w.\-]{{0,40}}{NAMES}[\w.\-]{{0,40}}:\s*)[^\s"'\[\]{{}},;<>]*\d[^\s"'\[\]{{}},;<>]*"#
        ))?,
        header: new(
            r#"\b((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]*(?:key|token))(\s*:\s*)[^"'\r\n]+"#
                .to_owned(),
        )?,
        scheme: new(r"\b(bearer|basic|token)\s+([A-Za-z0-9._~+/=\-]{6,})".to_owned())?,
        jwt: new(r"\beyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*){0,2}".to_owned())?,
        url: new(r#"(://[^\s/:@"']*:)[^\s/@"']+@"#.to_owned())?,
    })
});

/// What stands in the place of what was found.
type Replace<'r> = &'r dyn Fn(&Captures<'_>) -> String;

/// The text with what looks like a credential replaced.
#[must_use]
pub(super) fn mask_credentials(text: &str) -> Cow<'_, str> {
    let Some(patterns) = &*PATTERNS else {
        return Cow::Borrowed(Secrets::MASK);
    };
    let mask = Secrets::MASK;
    let steps: [(&Regex, Replace<'_>); 8] = [
        (&patterns.url, &|found| format!("{}{mask}@", &found[1])),
        (&patterns.header, &|found| {
            format!("{}{}{mask}", &found[1], &found[2])
        }),
        (&patterns.field, &|found| format!("{}\"{mask}\"", &found[1])),
        (&patterns.list, &|found| {
            let words = patterns.word.replace_all(&found[2], |word: &Captures<'_>| {
                match word[0].contains(char::is_whitespace) {
                    true => word[0].to_owned(),
                    false => format!("\"{mask}\""),
                }
            });
            format!("{}[{words}", &found[1])
        }),
        (&patterns.pair, &|found| format!("{}{mask}", &found[1])),
        (&patterns.plain, &|found| format!("{}{mask}", &found[1])),
        (&patterns.jwt, &|_| mask.to_owned()),
        (&patterns.scheme, &|found| {
            let is_word = found[2].len() < BARE_CHARS && !found[2].contains(char::is_numeric)
                || found[2].contains('=') && !found[2].ends_with('=');
            if is_word {
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
    masked
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
    fn messages_stay() {
        for text in [
            r#"{"detail":"CSRF Failed: CSRF token missing."}"#,
            r#"{"error":"No active risk model found"}"#,
            r#"{"password": ["This password is too short."]}"#,
            r#"{"detail": "Given token not valid for any token type"}"#,
            r#"{"token": null, "session": true}"#,
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
