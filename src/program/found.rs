//! What an expectation or a capture found that was not met: worked out anew for
//! the few failures that are shown.

use crate::model::{FOUND_BYTES, Failure, FoundKind, FoundValue, plural};
use crate::program::body_text::readable;
use crate::program::capture::{Capture, CaptureSource};
use crate::program::check::{self, Check};
use crate::program::compiled::Program;
use crate::program::credentials::mask_credentials;
use crate::program::deepest;
use crate::program::expectation::{Expectation, Expected};
use crate::program::extract;
use crate::program::json_path::JsonPath;
use crate::program::request::{Answer, Request};
use crate::program::secrets::Secrets;
use crate::program::seen::Seen;
use crate::program::value::Value;

impl Request {
    /// What was there where the expectation or the capture of this failure
    /// looked; `None` for any other failure. Reads the answer once more: for
    /// failures that are shown.
    #[must_use]
    pub fn found(&self, answer: &Answer<'_>, failure: Failure) -> Option<FoundValue> {
        let seen = Seen::new(answer, &[]);
        match failure {
            Failure::Expectation(text) => {
                let mut all = self.expectations().iter();
                Some(
                    all.find(|one| one.text == text || one.no_value == text)?
                        .found(&seen),
                )
            }
            Failure::Capture(text) => {
                let mut all = self.captures().iter();
                all.find(|one| one.text == text)?.found(&seen)
            }
            _ => None,
        }
    }
}

impl Expectation {
    fn found(&self, seen: &Seen<'_>) -> FoundValue {
        let answer = seen.answer;
        match &self.expected {
            Expected::Header(name, check) => header(name, check, seen),
            Expected::Json(path, check) => json(path, check, seen),
            Expected::Text(_) | Expected::Size(_) => {
                FoundValue::bare(FoundKind::Body(answer.body_size))
            }
            Expected::Within(_) => FoundValue::bare(FoundKind::Took(answer.service_time_us)),
        }
    }
}

impl Capture {
    /// Only what its own words do not say.
    fn found(&self, seen: &Seen<'_>) -> Option<FoundValue> {
        let kind = match &self.source {
            CaptureSource::Json(path) => match seen.all_json(path) {
                Err(fault) => FoundKind::NoJson(fault),
                Ok(found) if found.is_empty() => return Some(deepest::found(path, seen)),
                Ok(found) => FoundKind::Count(found.len() as u64),
            },
            CaptureSource::Css(..) | CaptureSource::Regex(_) => {
                FoundKind::Body(seen.answer.body.len() as u64)
            }
            _ => return None,
        };
        Some(FoundValue::bare(kind))
    }
}

/// The first of the header fields of this name.
fn header(name: &str, check: &Check, seen: &Seen<'_>) -> FoundValue {
    let mut fields = seen.fields(name);
    if check.counts() {
        return FoundValue::bare(FoundKind::Count(fields.count() as u64));
    }
    match fields.next() {
        Some(value) => FoundValue::value(FoundKind::Text, &readable(value)),
        None => FoundValue::bare(FoundKind::Nothing),
    }
}

/// The first match of a path, or how many there are.
fn json(path: &JsonPath, check: &Check, seen: &Seen<'_>) -> FoundValue {
    if let Some(fault) = seen.json_fault() {
        return FoundValue::bare(FoundKind::NoJson(fault));
    }
    match seen.json(path) {
        None => deepest::found(path, seen),
        Some(_) if check.counts() => {
            let count = check::count(path, seen).unwrap_or(0);
            FoundValue::bare(FoundKind::Count(count as u64))
        }
        Some(found) => json_value(found),
    }
}

/// A value by its JSON.
pub(super) fn json_value(json: &str) -> FoundValue {
    let kind = match extract::decode(json) {
        Some(Value::None) => FoundKind::Null,
        Some(Value::Bool(_)) => FoundKind::Boolean,
        Some(Value::Json(json)) if json.starts_with('[') => FoundKind::List,
        Some(Value::Json(_)) => FoundKind::Object,
        Some(Value::Text(text)) => return FoundValue::value(FoundKind::Text, &text),
        // Only a text has something that cannot be decoded: its escapes.
        None => FoundKind::Text,
        Some(_) => FoundKind::Number,
    };
    FoundValue::value(kind, json)
}

impl Program {
    /// Words for what was found, such as `"5" (text)`, without secrets.
    #[must_use]
    pub fn found_words(&self, failure: Failure, found: &FoundValue) -> String {
        let expected = self.describe(failure);
        let shown = || match names_credential(&expected) {
            true => Secrets::MASK.to_owned(),
            false => {
                let mut text = self.secrets.foreign_text(found.text(), FOUND_BYTES);
                if found.is_cut() && !text.ends_with('…') {
                    text.push('…');
                }
                text
            }
        };
        match found.kind {
            FoundKind::Nothing => "found nothing".to_owned(),
            FoundKind::Deepest(shape) => deepest::words(shape, found, &self.secrets),
            FoundKind::NoJson(fault) => format!("the body is not JSON: {fault}"),
            FoundKind::Null => "found null".to_owned(),
            FoundKind::Boolean => format!("found {} (boolean)", found.text()),
            FoundKind::Number => format!("found {} (number)", shown()),
            FoundKind::Text => format!("found \"{}\" (text)", shown()),
            FoundKind::List => format!("found {} (list)", shown()),
            FoundKind::Object => format!("found {} (object)", shown()),
            FoundKind::Count(count) => format!("found {count}"),
            FoundKind::Body(0) => "the body is empty".to_owned(),
            FoundKind::Body(bytes) => format!("the body has {}", plural(bytes, "byte", "bytes")),
            FoundKind::Took(us) => format!("it took {}", time_text(us)),
        }
    }

    /// Words for a failure together with what was found.
    #[must_use]
    pub fn describe_found(&self, failure: Failure, found: Option<&FoundValue>) -> String {
        let words = self.describe(failure);
        match found {
            Some(found) => {
                let mark = match found.kind {
                    FoundKind::Deepest(_) => ':',
                    _ => ',',
                };
                format!("{words}{mark} {}", self.found_words(failure, found))
            }
            None => words,
        }
    }
}

/// Whether what is expected has the name of a credential: `expected $.token == "x"`.
/// Of what a condition compares, any name counts.
fn names_credential(expected: &str) -> bool {
    if expected.starts_with('`') {
        let mut names = expected.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        return names.any(is_credential);
    }
    let path = expected.strip_prefix("expected ").unwrap_or(expected);
    let path = path.strip_prefix("header ").unwrap_or(path);
    let path = path.split(char::is_whitespace).next().unwrap_or(path);
    let last = path.rsplit(['.', '[', '/']).next().unwrap_or(path);
    is_credential(last.trim_matches([']', '\'', '"']))
}

fn is_credential(name: &str) -> bool {
    let field = format!("\"{name}\": \"x\"");
    mask_credentials(&field) != field
}

/// A time, to three digits.
#[expect(clippy::cast_precision_loss, reason = "a time for people")]
fn time_text(us: u64) -> String {
    match us {
        0..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        _ => format!("{:.2} s", us as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{JsonFault, JsonShape};

    #[test]
    fn a_value_is_known_by_its_type() {
        for (json, kind, text) in [
            (r#""5""#, FoundKind::Text, "5"),
            (r#""a\nb""#, FoundKind::Text, "a\nb"),
            ("5", FoundKind::Number, "5"),
            ("-0.50", FoundKind::Number, "-0.50"),
            ("true", FoundKind::Boolean, "true"),
            ("null", FoundKind::Null, "null"),
            ("[1, 2]", FoundKind::List, "[1, 2]"),
            (r#"{"a":1}"#, FoundKind::Object, r#"{"a":1}"#),
        ] {
            let found = json_value(json);
            assert_eq!((found.kind, found.text()), (kind, text), "{json}");
        }
    }

    #[test]
    fn what_is_missing_is_told_from_what_cannot_be_read() {
        let path = JsonPath::parse("$.a.b").expect("a path");
        let kind = |body: &[u8]| {
            let answer = Answer {
                status: 200,
                head: b"",
                earlier: &[],
                body,
                body_size: body.len() as u64,
                charset: None,
                url: "",
                service_time_us: 1,
            };
            json(&path, &Check::Exists, &Seen::new(&answer, &[])).kind
        };
        assert_eq!(
            kind(br#"{"a":{}}"#),
            FoundKind::Deepest(JsonShape::Object(0))
        );
        assert_eq!(
            kind(b"<p>no"),
            FoundKind::NoJson(JsonFault::at(b"<p>no", 0))
        );
        assert_eq!(kind(br#"{"a":{"b":[1]}}"#), FoundKind::List);
    }

    #[test]
    fn values_of_credentials_are_known_by_the_path() {
        for (expected, is_hidden) in [
            ("expected $.token == \"x\"", true),
            ("expected $.user['api_key'] == 1", true),
            ("expected header X-Api-Key == \"x\"", true),
            ("expected $.status == \"ok\"", false),
            ("`18 < d.password` compares", true),
            ("`d.age > 18` compares", false),
            ("expected $.tokens[0].state == \"token\"", false),
        ] {
            assert_eq!(names_credential(expected), is_hidden, "{expected}");
        }
    }
}
