//! Numbers as texts spell them, and how they compare.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::program::expr::value::Value;

/// The value of a JSON number. Whole numbers of 64 bits are numbers; every
/// other keeps its spelling, so that it is sent again as it came.
pub(crate) fn of_json(json: &str) -> Value<'_> {
    match json.parse() {
        Ok(int) if json != "-0" => Value::Int(int),
        _ => Value::Number(Cow::Borrowed(json)),
    }
}

/// The number that a text is, space around it aside; `None` for any other
/// text. Zeros and a plus in front are allowed, as in data files.
pub(crate) fn of_text(text: &str) -> Option<Value<'_>> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if !is_number {
        return None;
    }
    if is_json(text) {
        return Some(of_json(text));
    }
    if let Ok(int) = text.parse() {
        return Some(Value::Int(int));
    }
    let float: f64 = text.parse().ok()?;
    float.is_finite().then_some(Value::Float(float))
}

/// Whether a text is a number by the grammar of JSON (RFC 8259, section 6)
/// that a float can hold.
#[must_use]
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok()
        && text.parse().is_ok_and(f64::is_finite)
}

/// A number, or the number that a text is.
pub(crate) fn of_value<'v>(value: &'v Value<'_>) -> Option<Value<'v>> {
    match value {
        Value::Int(int) => Some(Value::Int(*int)),
        Value::Float(float) => Some(Value::Float(*float)),
        Value::Number(number) => Some(Value::Number(Cow::Borrowed(number))),
        _ => of_text(value.as_text()?),
    }
}

/// A number, or the number that a text is, as a float.
pub(crate) fn float(value: &Value<'_>) -> Option<f64> {
    of_value(value)?.as_float()
}

/// The whole number that a value is: `3`, `3.0`, or a text that is one.
pub(crate) fn whole(value: &Value<'_>) -> Option<i64> {
    match of_value(value)? {
        Value::Int(int) => Some(int),
        other => truncated(other.as_float().filter(|float| float.fract() == 0.0)?),
    }
}

/// What is before the point, where floats are exact.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked: whole numbers up to 2^53 are exact"
)]
pub(super) fn truncated(float: f64) -> Option<i64> {
    (float.abs() < 9e15).then_some(float as i64)
}

/// Whether it is a whole number that fits no 64 bits: floats would lose digits.
pub(crate) fn is_long(value: &Value<'_>) -> bool {
    matches!(value, Value::Number(number) if is_whole(number) && number.len() > 3)
}

fn is_whole(number: &str) -> bool {
    !number
        .bytes()
        .any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// How two numbers compare: whole ones exactly, however long, others as
/// floats. `None` where one is no number.
pub(crate) fn compare(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => return Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) if is_whole(left) && is_whole(right) => {
            return Some(compare_whole(left, right));
        }
        (Value::Number(left), Value::Int(right)) if is_whole(left) => {
            return Some(compare_whole(left, &right.to_string()));
        }
        (Value::Int(left), Value::Number(right)) if is_whole(right) => {
            return Some(compare_whole(&left.to_string(), right));
        }
        _ => {}
    }
    left.as_float()?.partial_cmp(&right.as_float()?)
}

/// Compares whole numbers as JSON writes them: without zeros in front.
fn compare_whole(left: &str, right: &str) -> Ordering {
    let split = |text: &str| match text.strip_prefix('-') {
        Some("0") | None => (false, text.trim_start_matches('-').to_owned()),
        Some(digits) => (true, digits.to_owned()),
    };
    let ((left_is_negative, left), (right_is_negative, right)) = (split(left), split(right));
    let by_size = left.len().cmp(&right.len()).then(left.cmp(&right));
    match (left_is_negative, right_is_negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => by_size,
        (true, true) => by_size.reverse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbers_or_not() {
        for (text, whole_number) in [
            ("18", Some(18)),
            (" -7 ", Some(-7)),
            ("+3", Some(3)),
            ("007", Some(7)),
            ("3.0", Some(3)),
            ("1e3", Some(1000)),
            ("19.90", None),
            (".5", None),
        ] {
            let value = Value::Text(text.into());
            assert!(of_value(&value).is_some(), "{text}");
            assert_eq!(whole(&value), whole_number, "{text}");
        }
        for text in [
            "", "x", "1,000", "1 2", "inf", "NaN", "1e999", "-", ".", "0x10", "1-2",
        ] {
            assert!(of_text(text).is_none(), "{text}");
        }
    }

    #[test]
    fn whole_numbers_compare_exactly_however_long() {
        let long = "123456789012345678901234567890";
        let longer = "123456789012345678901234567891";
        let number = of_json;
        assert_eq!(
            compare(&number(long), &number(longer)),
            Some(Ordering::Less)
        );
        assert_eq!(compare(&number(long), &number(long)), Some(Ordering::Equal));
        assert_eq!(
            compare(&number("-0"), &Value::Int(0)),
            Some(Ordering::Equal)
        );
        assert_eq!(
            compare(&number("1.0"), &Value::Int(1)),
            Some(Ordering::Equal)
        );
        assert_eq!(
            compare(&number(long), &Value::Int(5)),
            Some(Ordering::Greater)
        );
        let negative = format!("-{long}");
        assert_eq!(
            compare(&number(&negative), &Value::Int(-5)),
            Some(Ordering::Less)
        );
    }
}
