//! What an expectation or a capture found that was not met: worked out anew for
//! the few failures that are shown.

use crate::model::{FOUND_BYTES, Failure, FoundKind, FoundValue, latency_text, plural};
use crate::program::code::compiled::Program;
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::Beside;
use crate::program::expr::value::Value;
use crate::program::json::path::JsonPath;
use crate::program::json::{deepest, extract};
use crate::program::request::credential_names::{holds_credentials, is_credential_name};
use crate::program::request::credentials::mask_credentials;
use crate::program::request::secrets::Secrets;
use crate::program::request::{Answer, Request};
use crate::program::response::body_text::readable;
use crate::program::response::capture::{Capture, CaptureSource};
use crate::program::response::check;
use crate::program::response::check::{Check, Judging};
use crate::program::response::expectation::{Expectation, Expected, Figure};
use crate::program::response::response_view::ResponseView;

impl Request {
    /// What was there where the expectation or the capture of this failure
    /// looked; `None` for any other failure. Reads the answer once more: for
    /// failures that are shown.
    #[must_use]
    pub fn found(&self, answer: &Answer<'_>, failure: Failure) -> Option<FoundValue> {
        let seen = ResponseView::new(answer, &[]);
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

impl Request {
    /// What a failed expectation compared with, where that has variables.
    #[must_use]
    pub fn compared(
        &self,
        failure: Failure,
        variables: &Variables,
        unix_us: u64,
    ) -> Option<FoundValue> {
        let Failure::Expectation(text) = failure else {
            return None;
        };
        let one = self.expectations().iter().find(|one| one.text == text)?;
        // What is made up anew each time cannot be expected.
        let mut beside = Beside::new();
        let mut judging = Judging {
            variables,
            context: &mut beside.context(unix_us),
        };
        match &one.expected {
            Expected::Header(_, check) | Expected::Json(_, check) | Expected::Text(check) => {
                check.compared(&mut judging)
            }
            Expected::Size(Figure::Varying(text)) | Expected::Within(Figure::Varying(text)) => {
                let text = text.text(variables, judging.context).ok()?;
                Some(FoundValue::value(FoundKind::Number, &text))
            }
            Expected::Size(_) | Expected::Within(_) => None,
        }
    }
}

impl Expectation {
    fn found(&self, seen: &ResponseView<'_>) -> FoundValue {
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
    fn found(&self, seen: &ResponseView<'_>) -> Option<FoundValue> {
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
fn header(name: &str, check: &Check, seen: &ResponseView<'_>) -> FoundValue {
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
fn json(path: &JsonPath, check: &Check, seen: &ResponseView<'_>) -> FoundValue {
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
pub(crate) fn json_value(json: &str) -> FoundValue {
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
    /// Words for what was found, such as `"5" (text)`, without these secrets; where
    /// it was compared with the value of variables, that as well.
    #[must_use]
    pub fn found_words(
        &self,
        failure: Failure,
        found: &FoundValue,
        compared: Option<&FoundValue>,
        secrets: &Secrets,
    ) -> String {
        let expected = self.describe(failure);
        let words = found_words(&expected, found, secrets);
        match compared {
            Some(compared) => {
                format!(
                    "{words}, compared with {}",
                    compared_words(&expected, compared, secrets)
                )
            }
            None => words,
        }
    }

    /// Words for a failure together with what was found and, behind an expectation
    /// with variables, their value.
    #[must_use]
    pub fn describe_found(
        &self,
        failure: Failure,
        found: Option<&FoundValue>,
        compared: Option<&FoundValue>,
        secrets: &Secrets,
    ) -> String {
        let expected = self.describe(failure);
        let mut words = expected.clone();
        if let Some(compared) = compared {
            words = format!("{words} ({})", compared_words(&expected, compared, secrets));
        }
        if let Some(found) = found {
            let mark = match found.kind {
                FoundKind::Deepest(_) => ':',
                _ => ',',
            };
            words = format!("{words}{mark} {}", found_words(&expected, found, secrets));
        }
        words
    }
}

fn found_words(expected: &str, found: &FoundValue, secrets: &Secrets) -> String {
    let shown = || shown(names_credential(expected), found, secrets);
    match found.kind {
        FoundKind::Nothing => "found nothing".to_owned(),
        FoundKind::Deepest(shape) => deepest::words(shape, found, secrets),
        FoundKind::NoJson(fault) => format!("the body is not JSON: {fault}"),
        FoundKind::Null => "found null".to_owned(),
        FoundKind::Boolean => format!("found {} (boolean)", found.text()),
        FoundKind::Number => format!("found {} (number)", shown()),
        FoundKind::Text => format!("found {} (text)", shown()),
        FoundKind::List => format!("found {} (list)", shown()),
        FoundKind::Object => format!("found {} (object)", shown()),
        FoundKind::Count(count) => format!("found {count}"),
        FoundKind::Body(0) => "the body is empty".to_owned(),
        FoundKind::Body(bytes) => format!("the body has {}", plural(bytes, "byte", "bytes")),
        FoundKind::Took(us) => format!("it took {}", latency_text(us)),
    }
}

/// A value without secrets, a text in quotes.
fn shown(is_hidden: bool, value: &FoundValue, secrets: &Secrets) -> String {
    let mut text = match is_hidden {
        true => Secrets::MASK.to_owned(),
        false => secrets.foreign_text(value.text(), FOUND_BYTES),
    };
    if value.is_cut() && !text.ends_with('…') {
        text.push('…');
    }
    match value.kind {
        FoundKind::Text => format!("\"{text}\""),
        _ => text,
    }
}

/// The value of the variables in an expectation.
fn compared_words(expected: &str, compared: &FoundValue, secrets: &Secrets) -> String {
    let mut names = expected.split(|c: char| !c.is_alphanumeric() && c != '_');
    shown(names.any(is_credential_name), compared, secrets)
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
    let name = |segment: &'_ str| segment.trim_matches([']', '\'', '"']).to_owned();
    let mut segments = path.split(['.', '[', '/']).map(name);
    let last = segments.next_back().unwrap_or_default();
    is_credential(&last) || segments.any(|name| holds_credentials(&name))
}

fn is_credential(name: &str) -> bool {
    let field = format!("\"{name}\": \"x\"");
    mask_credentials(&field) != field
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
            json(&path, &Check::Exists, &ResponseView::new(&answer, &[])).kind
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
            ("expected $.token.value == \"x\"", true),
            ("expected $.sessions[0].key == \"x\"", true),
            ("expected $.status == \"ok\"", false),
            ("`18 < d.password` compares", true),
            ("`d.age > 18` compares", false),
            ("expected $.token_types[0].name == \"token\"", false),
        ] {
            assert_eq!(names_credential(expected), is_hidden, "{expected}");
        }
    }
}
