//! Actual values behind failed expectations and captures, worked out again for
//! the few failures that are shown.

use crate::model::{ACTUAL_BYTES, ActualKind, ActualValue, Failure, latency_text, plural};
use crate::program::code::compiled::Program;
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::DetachedContext;
use crate::program::expr::value::Value;
use crate::program::json::path::JsonPath;
use crate::program::json::{extract, missing_path};
use crate::program::request::credential_names::{holds_credentials, is_credential_name};
use crate::program::request::credentials::mask_credentials;
use crate::program::request::secrets::Secrets;
use crate::program::request::{ReceivedResponse, Request};
use crate::program::response::body_text::readable;
use crate::program::response::capture::{Capture, CaptureSource};
use crate::program::response::check;
use crate::program::response::check::{Check, Judging};
use crate::program::response::expectation::{Expectation, Expected, Figure};
use crate::program::response::response_view::ResponseView;

impl Request {
    /// The actual value where the expectation or the capture of this failure
    /// looked; `None` for any other failure. Reads the response again.
    pub(crate) fn actual_value(
        &self,
        answer: &ReceivedResponse<'_>,
        failure: Failure,
    ) -> Option<ActualValue> {
        let seen = ResponseView::new(answer, &[]);
        match failure {
            Failure::Expectation(text) => {
                let mut all = self.expectations().iter();
                Some(
                    all.find(|one| one.text == text || one.no_value == text)?
                        .actual_value(&seen),
                )
            }
            Failure::Capture(text) => {
                let mut all = self.captures().iter();
                all.find(|one| one.text == text)?.actual_value(&seen)
            }
            _ => None,
        }
    }
}

impl Request {
    /// The value that a failed expectation with variables compared with.
    pub(crate) fn compared(
        &self,
        failure: Failure,
        variables: &Variables,
        unix_us: u64,
    ) -> Option<ActualValue> {
        let Failure::Expectation(text) = failure else {
            return None;
        };
        let one = self.expectations().iter().find(|one| one.text == text)?;
        // What is made up anew each time cannot be expected.
        let mut beside = DetachedContext::new();
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
                Some(ActualValue::value(ActualKind::Number, &text))
            }
            Expected::Size(_) | Expected::Within(_) => None,
        }
    }
}

impl Expectation {
    fn actual_value(&self, seen: &ResponseView<'_>) -> ActualValue {
        let answer = seen.answer;
        match &self.expected {
            Expected::Header(name, check) => header(name, check, seen),
            Expected::Json(path, check) => json(path, check, seen),
            Expected::Text(_) | Expected::Size(_) => {
                ActualValue::bare(ActualKind::Body(answer.body_size))
            }
            Expected::Within(_) => ActualValue::bare(ActualKind::Took(answer.service_time_us)),
        }
    }
}

impl Capture {
    /// Only what its own words do not say.
    fn actual_value(&self, seen: &ResponseView<'_>) -> Option<ActualValue> {
        let kind = match &self.source {
            CaptureSource::Json(path) => match seen.all_json(path) {
                Err(fault) => ActualKind::NoJson(fault),
                Ok(found) if found.is_empty() => return Some(missing_path::actual(path, seen)),
                Ok(found) => ActualKind::Count(found.len() as u64),
            },
            CaptureSource::Css(..) | CaptureSource::Regex(_) => {
                ActualKind::Body(seen.answer.body.len() as u64)
            }
            _ => return None,
        };
        Some(ActualValue::bare(kind))
    }
}

/// The first of the header fields of this name.
fn header(name: &str, check: &Check, seen: &ResponseView<'_>) -> ActualValue {
    let mut fields = seen.fields(name);
    if check.counts() {
        return ActualValue::bare(ActualKind::Count(fields.count() as u64));
    }
    match fields.next() {
        Some(value) => ActualValue::value(ActualKind::Text, &readable(value)),
        None => ActualValue::bare(ActualKind::Nothing),
    }
}

/// The first match of a path, or how many there are.
fn json(path: &JsonPath, check: &Check, seen: &ResponseView<'_>) -> ActualValue {
    if let Some(fault) = seen.json_fault() {
        return ActualValue::bare(ActualKind::NoJson(fault));
    }
    match seen.json(path) {
        None => missing_path::actual(path, seen),
        Some(_) if check.counts() => {
            let count = check::count(path, seen).unwrap_or(0);
            ActualValue::bare(ActualKind::Count(count as u64))
        }
        Some(found) => json_value(found),
    }
}

/// A value by its JSON.
pub(crate) fn json_value(json: &str) -> ActualValue {
    let kind = match extract::decode(json) {
        Some(Value::None) => ActualKind::Null,
        Some(Value::Bool(_)) => ActualKind::Boolean,
        Some(Value::Json(json)) if json.starts_with('[') => ActualKind::List,
        Some(Value::Json(_)) => ActualKind::Object,
        Some(Value::Text(text)) => return ActualValue::value(ActualKind::Text, &text),
        // Only a text has something that cannot be decoded: its escapes.
        None => ActualKind::Text,
        Some(_) => ActualKind::Number,
    };
    ActualValue::value(kind, json)
}

impl Program {
    /// The actual value as text, such as `"5" (text)`, without these secrets; where
    /// it was compared with the value of variables, that as well.
    pub(crate) fn actual_text(
        &self,
        failure: Failure,
        found: &ActualValue,
        compared: Option<&ActualValue>,
        secrets: &Secrets,
    ) -> String {
        let expected = self.describe(failure);
        let words = actual_text(&expected, found, secrets);
        match compared {
            Some(compared) => {
                format!(
                    "{words}, compared with {}",
                    compared_text(&expected, compared, secrets)
                )
            }
            None => words,
        }
    }

    /// Describes a failure with the actual value and, for an expectation with
    /// variables, their value.
    pub(crate) fn describe_actual(
        &self,
        failure: Failure,
        found: Option<&ActualValue>,
        compared: Option<&ActualValue>,
        secrets: &Secrets,
    ) -> String {
        let expected = self.describe(failure);
        let mut words = expected.clone();
        if let Some(compared) = compared {
            words = format!("{words} ({})", compared_text(&expected, compared, secrets));
        }
        if let Some(found) = found {
            let mark = match found.kind {
                ActualKind::MissingPath(_) => ':',
                _ => ',',
            };
            words = format!("{words}{mark} {}", actual_text(&expected, found, secrets));
        }
        words
    }
}

fn actual_text(expected: &str, found: &ActualValue, secrets: &Secrets) -> String {
    let shown = || shown(names_credential(expected), found, secrets);
    match found.kind {
        ActualKind::Nothing => "found nothing".to_owned(),
        ActualKind::MissingPath(shape) => missing_path::text(shape, found, secrets),
        ActualKind::NoJson(fault) => format!("the body is not JSON: {fault}"),
        ActualKind::Null => "found null".to_owned(),
        ActualKind::Boolean => format!("found {} (boolean)", found.text()),
        ActualKind::Number => format!("found {} (number)", shown()),
        ActualKind::Text => format!("found {} (text)", shown()),
        ActualKind::List => format!("found {} (list)", shown()),
        ActualKind::Object => format!("found {} (object)", shown()),
        ActualKind::Count(count) => format!("found {count}"),
        ActualKind::Body(0) => "the body is empty".to_owned(),
        ActualKind::Body(bytes) => format!("the body has {}", plural(bytes, "byte", "bytes")),
        ActualKind::Took(us) => format!("it took {}", latency_text(us)),
    }
}

/// A value without secrets, a text in quotes.
fn shown(is_hidden: bool, value: &ActualValue, secrets: &Secrets) -> String {
    let mut text = match is_hidden {
        true => Secrets::MASK.to_owned(),
        false => secrets.foreign_text(value.text(), ACTUAL_BYTES),
    };
    if value.is_cut() && !text.ends_with('…') {
        text.push('…');
    }
    match value.kind {
        ActualKind::Text => format!("\"{text}\""),
        _ => text,
    }
}

/// The value of the variables in an expectation.
fn compared_text(expected: &str, compared: &ActualValue, secrets: &Secrets) -> String {
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
            (r#""5""#, ActualKind::Text, "5"),
            (r#""a\nb""#, ActualKind::Text, "a\nb"),
            ("5", ActualKind::Number, "5"),
            ("-0.50", ActualKind::Number, "-0.50"),
            ("true", ActualKind::Boolean, "true"),
            ("null", ActualKind::Null, "null"),
            ("[1, 2]", ActualKind::List, "[1, 2]"),
            (r#"{"a":1}"#, ActualKind::Object, r#"{"a":1}"#),
        ] {
            let found = json_value(json);
            assert_eq!((found.kind, found.text()), (kind, text), "{json}");
        }
    }

    #[test]
    fn what_is_missing_is_told_from_what_cannot_be_read() {
        let path = JsonPath::parse("$.a.b").expect("a path");
        let kind = |body: &[u8]| {
            let answer = ReceivedResponse {
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
            ActualKind::MissingPath(JsonShape::Object(0))
        );
        assert_eq!(
            kind(b"<p>no"),
            ActualKind::NoJson(JsonFault::at(b"<p>no", 0))
        );
        assert_eq!(kind(br#"{"a":{"b":[1]}}"#), ActualKind::List);
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
