//! What a client made of a case, and the words for it.

use std::fmt::Write as _;

use super::case::{Ask, Case, HOST};
use super::server::Seen;

/// Longer bodies are written as their length.
const LONGEST_BODY: usize = 120;
/// Fields that are always told.
const NOTABLE: [&str; 3] = ["cookie", "authorization", "proxy-authorization"];

/// What a client made of the answers of a case.
#[derive(Debug)]
pub(super) struct Observation {
    /// Of each ask.
    pub(super) outcomes: Vec<Outcome>,
    /// The requests that the server saw.
    pub(super) seen: Vec<Seen>,
}

/// What came of an ask.
#[derive(Debug)]
pub(super) enum Outcome {
    Answered {
        status: u16,
        body: Vec<u8>,
        /// The body as text, where the case asks for it.
        text: Option<String>,
    },
    /// The kind and the words of the failure.
    Failed(String),
}

impl Observation {
    /// One line: `200 body ; 404 body ; > GET /next Cookie: a=1 ; connections 2`.
    /// Requests are told where they are not simply those of the case,
    /// connections where there is more than one.
    pub(super) fn shown(&self, case: &Case) -> String {
        let mut parts: Vec<_> = self.outcomes.iter().flat_map(Outcome::shown).collect();
        let asked: Vec<_> = case.asks.iter().map(asked).collect();
        let own = |name: &str| {
            let mut fields = case.asks.iter().flat_map(|ask| &ask.headers);
            fields.any(|(given, _)| given.eq_ignore_ascii_case(name))
        };
        let seen: Vec<_> = self.seen.iter().map(|seen| sent(seen, &own)).collect();
        if seen != asked {
            // A first request that was sent as the case has it says nothing.
            let skipped = usize::from(seen.first() == asked.first());
            let told = seen.iter().skip(skipped);
            parts.extend(told.map(|request| format!("> {request}")));
        }
        let mut connections: Vec<_> = self.seen.iter().map(|seen| seen.connection).collect();
        connections.sort_unstable();
        connections.dedup();
        if connections.len() > 1 {
            parts.push(format!("connections {}", connections.len()));
        }
        parts.join(" ; ")
    }

    /// Whether it is what the table says. Of a failure the table says the kind
    /// and some of the words.
    pub(super) fn is_as_expected(shown: &str, expected: &str) -> bool {
        let (shown, expected) = (parts(shown), parts(expected));
        let holds = |shown: &str, expected: &str| match (
            shown.strip_prefix("fails "),
            expected.strip_prefix("fails "),
        ) {
            (Some(shown), Some(expected)) => {
                let (kind, words) = expected.split_once(": ").unwrap_or((expected, ""));
                shown.split(':').next() == Some(kind) && shown.contains(words)
            }
            _ => shown == expected,
        };
        shown.len() == expected.len()
            && shown
                .iter()
                .zip(&expected)
                .all(|(shown, expected)| holds(shown, expected))
    }

    /// Whether both clients did the same, however they word a failure. curl
    /// knows nothing of texts.
    pub(super) fn is_same(one: &str, other: &str) -> bool {
        let parts = |shown| {
            let parts = parts(shown).into_iter();
            let told = parts.filter(|part| !part.starts_with("text "));
            let plain = told.map(|part| {
                if part.starts_with("fails ") {
                    "fails"
                } else {
                    part
                }
            });
            plain.collect::<Vec<_>>()
        };
        parts(one) == parts(other)
    }
}

impl Outcome {
    fn shown(&self) -> Vec<String> {
        match self {
            Self::Failed(why) => vec![format!("fails {why}")],
            Self::Answered { status, body, text } => {
                let body = match body.len() {
                    0 => String::new(),
                    len @ LONGEST_BODY.. => format!(" <{len} bytes>"),
                    _ => format!(" {}", printable(body)),
                };
                let text = text.iter().map(|text| format!("text {text}"));
                std::iter::once(format!("{status}{body}"))
                    .chain(text)
                    .collect()
            }
        }
    }
}

fn parts(shown: &str) -> Vec<&str> {
    shown.split(" ; ").collect()
}

/// A request as the case has it.
fn asked(ask: &Ask) -> String {
    let mut fields: Vec<_> = ask.headers.clone();
    if ask.host() != HOST {
        fields.push(("Host".to_owned(), ask.host()));
    }
    let url = ask.url();
    let after_scheme = url.split_once("://").map_or("", |(_, rest)| rest);
    let path = after_scheme
        .find(['/', '?'])
        .map_or("/", |at| &after_scheme[at..]);
    let body = ask.body.as_deref().unwrap_or_default();
    line(&format!("{} {path}", ask.method), fields, body.as_bytes())
}

/// A request as it came, with those of its fields that count.
fn sent(seen: &Seen, is_own: &impl Fn(&str) -> bool) -> String {
    let mut lines = seen
        .head
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    let first = printable(lines.next().unwrap_or_default());
    let first = first.strip_suffix(" HTTP/1.1").unwrap_or(&first);
    let mut fields = Vec::new();
    for field in lines.filter(|line| !line.is_empty()) {
        let field = printable(field);
        let (name, value) = field.split_once(':').unwrap_or((&field, ""));
        let is_notable = NOTABLE.iter().any(|known| name.eq_ignore_ascii_case(known));
        let is_other_host = name.eq_ignore_ascii_case("host") && value.trim() != HOST;
        if is_notable || is_other_host || is_own(name) {
            fields.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    line(first, fields, &seen.body)
}

fn line(first: &str, mut fields: Vec<(String, String)>, body: &[u8]) -> String {
    fields.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let mut line = first.to_owned();
    for (name, value) in fields {
        let _ = write!(line, " {name}: {value}");
    }
    if !body.is_empty() {
        let _ = write!(line, " = {}", printable(body));
    }
    line
}

/// Bytes as the table writes them.
fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' if *byte != b'|' => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text
}
