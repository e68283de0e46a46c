//! The last existing place on a JSON path without a match, for failures that are
//! shown.

use std::fmt::Write as _;

use crate::model::{ACTUAL_BYTES, ActualKind, ActualValue, JsonShape, plural};
use crate::program::expr::value::Value;
use crate::program::json::extract;
use crate::program::json::path::{JsonPath, Segment};
use crate::program::json::tree;
use crate::program::request::secrets::Secrets;
use crate::program::response::response_view::ResponseView;

/// The most bytes of a place; of a longer one the end is shown.
const PLACE_BYTES: usize = 60;

/// Describes the value at the last existing place of the path.
pub(crate) fn actual(path: &JsonPath, seen: &ResponseView<'_>) -> ActualValue {
    let mut steps = path.beginning();
    loop {
        let at = JsonPath::Simple(steps);
        if let Some(json) = seen.json(&at) {
            return value(&place(&at), json);
        }
        steps = at.beginning();
        if steps.pop().is_none() {
            return ActualValue::bare(ActualKind::Nothing);
        }
    }
}

fn value(place: &str, json: &str) -> ActualValue {
    let mut text = place.to_owned();
    let shape = match extract::decode(json) {
        Some(Value::None) => JsonShape::Null,
        Some(Value::Bool(_)) => JsonShape::Boolean,
        Some(Value::Text(_)) | None => JsonShape::Text,
        Some(Value::Json(json)) => match tree::fields(&json) {
            Some(fields) => {
                for name in fields.keys() {
                    if text.len() > ACTUAL_BYTES {
                        break;
                    }
                    text.push('\n');
                    text.push_str(&name.replace('\n', " "));
                }
                JsonShape::Object(fields.len())
            }
            None => JsonShape::List(extract::array_len(&json).unwrap_or(0)),
        },
        Some(_) => JsonShape::Number,
    };
    ActualValue::value(ActualKind::MissingPath(shape), &text)
}

/// The place as a path; the whole body is `$`.
fn place(path: &JsonPath) -> String {
    let mut place = "$".to_owned();
    for step in path.beginning() {
        // Writing to a string does not fail.
        let _ = match step {
            Segment::Index(index) => write!(place, "[{index}]"),
            Segment::Field(name) if name.chars().all(char::is_alphanumeric) => {
                write!(place, ".{name}")
            }
            Segment::Field(name) => write!(place, "['{}']", name.escape_debug()),
        };
    }
    if place.len() > PLACE_BYTES {
        let from = place.ceil_char_boundary(place.len() - PLACE_BYTES);
        place = format!("…{}", &place[from..]);
    }
    place
}

/// The place and its value as text, such as "`$.data` has only `count`, `next`".
pub(crate) fn text(shape: JsonShape, found: &ActualValue, secrets: &Secrets) -> String {
    let mut text = found.text().to_owned();
    if found.is_cut() {
        // A name that has lost its end is shown only if there is no other.
        match text.match_indices('\n').nth(1) {
            Some(_) => text.truncate(text.rfind('\n').unwrap_or(0)),
            None => text.push('…'),
        }
    }
    let mut lines = text.split('\n');
    let place = match lines.next() {
        Some("$") | None => "the body".to_owned(),
        Some(place) => format!("`{}`", secrets.foreign_text(place, ACTUAL_BYTES)),
    };
    let names = lines.map(|name| format!("`{}`", secrets.foreign_text(name, ACTUAL_BYTES)));
    let names: Vec<_> = names.collect();
    match shape {
        JsonShape::Null => format!("{place} is null"),
        JsonShape::Boolean => format!("{place} is a boolean"),
        JsonShape::Number => format!("{place} is a number"),
        JsonShape::Text => format!("{place} is a text"),
        JsonShape::List(0) => format!("{place} is an empty list"),
        JsonShape::List(count) => {
            format!(
                "{place} is a list of {}",
                plural(count, "element", "elements")
            )
        }
        JsonShape::Object(0) => format!("{place} is an empty object"),
        JsonShape::Object(count) => match count.saturating_sub(names.len()) {
            0 => format!("{place} has only {}", names.join(", ")),
            more => format!("{place} has only {} and {more} more", names.join(", ")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::ReceivedResponse;

    fn text_of(body: &str, path: &str) -> String {
        let answer = ReceivedResponse {
            status: 200,
            head: b"",
            earlier: &[],
            body: body.as_bytes(),
            body_size: body.len() as u64,
            charset: None,
            url: "",
            service_time_us: 1,
        };
        let path = JsonPath::parse(path).expect("a path");
        let found = actual(&path, &ResponseView::new(&answer, &[]));
        match found.kind {
            ActualKind::MissingPath(shape) => text(shape, &found, &Secrets::new(["hidden"])),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_last_existing_place_is_named() {
        let json = r#"{"data": {"count": 2, "next": null, "items": [{}, {"id": 1}], "none": [],
            "one": ["x"], "odd name": true, "n": 1.5, "x": "y"}}"#;
        for (path, words) in [
            ("$.date.items[0].id", "the body has only `data`"),
            ("$[0]", "the body has only `data`"),
            ("$.data.next.page", "`$.data.next` is null"),
            ("$.data.items[0].id", "`$.data.items[0]` is an empty object"),
            ("$.data.items[1].name", "`$.data.items[1]` has only `id`"),
            (
                "$.data.items[2].id",
                "`$.data.items` is a list of 2 elements",
            ),
            ("$.data.items.id", "`$.data.items` is a list of 2 elements"),
            ("$.data.none[0].id", "`$.data.none` is an empty list"),
            ("$.data.one[1]", "`$.data.one` is a list of 1 element"),
            ("$.data['odd name'].x", "`$.data['odd name']` is a boolean"),
            ("$.data.n.x", "`$.data.n` is a number"),
            ("$.data.x[0].y", "`$.data.x` is a text"),
            // What a library follows: as far as it is simple.
            (
                "$.data.items[?(@.id == 7)]",
                "`$.data.items` is a list of 2 elements",
            ),
            ("$.data.none[-1].id", "`$.data.none` is an empty list"),
            ("$['date'][*].id", "the body has only `data`"),
            ("$..name", "the body has only `data`"),
        ] {
            assert_eq!(text_of(json, path), words, "{path}");
        }
        assert_eq!(text_of("[]", "$.a"), "the body is an empty list");
        assert_eq!(text_of("null", "$.a.b"), "the body is null");
        assert_eq!(text_of("{\"v\": NaN}", "$.a"), "the body has only `v`");
    }

    #[test]
    fn what_is_shown_is_bounded_and_harmless() {
        let many: Vec<_> = (0..1000).map(|n| format!("\"field{n}\": 1")).collect();
        let many = format!("{{{}}}", many.join(","));
        let words = text_of(&many, "$.a");
        assert!(
            words.starts_with("the body has only `field0`, `field1`"),
            "{words}"
        );
        assert!(
            words.ends_with(" more") && words.chars().count() < 250,
            "{words}"
        );
        let long = format!("{{\"{}\": 1}}", "ä".repeat(500));
        let words = text_of(&long, "$.a");
        assert!(
            words.ends_with("…`") && words.chars().count() < 250,
            "{words}"
        );
        let deep = format!("{}1{}", "{\"abcdef\": ".repeat(50), "}".repeat(50));
        let words = text_of(&deep, &format!("${}.g", ".abcdef".repeat(49)));
        assert!(
            words.starts_with("`…") && words.ends_with("has only `abcdef`"),
            "{words}"
        );
        let odd = text_of(r#"{"a\nb\u001b[2J": 1, "hidden": 2}"#, "$.a");
        assert_eq!(odd, "the body has only `a b\u{fffd}[2J`, `***`");
    }
}
