//! Operators on values.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::program::code::memory::MOST_OF_VARIABLE;
use crate::program::expr::evaluate::Missing;
use crate::program::expr::expression::Binary;
use crate::program::expr::number;
use crate::program::expr::value::Value;
use crate::program::json::extract;
use crate::program::json::path::Segment;
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;

type Evaluated<'a> = Result<Value<'a>, Missing>;

pub(crate) fn apply(operator: Binary, left: &Value<'_>, right: &Value<'_>) -> Evaluated<'static> {
    match operator {
        Binary::Equal => Ok(Value::Bool(same(left, right))),
        Binary::NotEqual => Ok(Value::Bool(!same(left, right))),
        Binary::Less => ordered(left, right, Ordering::is_lt),
        Binary::LessOrEqual => ordered(left, right, Ordering::is_le),
        Binary::Greater => ordered(left, right, Ordering::is_gt),
        Binary::GreaterOrEqual => ordered(left, right, Ordering::is_ge),
        Binary::Add => add(left, right),
        Binary::Subtract => arithmetic(left, right, i64::checked_sub, |a, b| a - b),
        Binary::Multiply => arithmetic(left, right, i64::checked_mul, |a, b| a * b),
        Binary::Divide => match (number::float(left), number::float(right)) {
            (Some(left), Some(right)) => finite(left / right),
            _ => Err(Missing::NoValue),
        },
        Binary::Remainder => arithmetic(left, right, i64::checked_rem_euclid, f64::rem_euclid),
        Binary::In => contains(left, right).map(Value::Bool),
    }
}

pub(crate) fn negate(value: &Value<'_>) -> Evaluated<'static> {
    match number::of_value(value) {
        Some(Value::Int(int)) => int.checked_neg().map(Value::Int).ok_or(Missing::NoValue),
        Some(Value::Float(float)) => Ok(Value::Float(-float)),
        Some(Value::Number(number)) => {
            let negated = match number.strip_prefix('-') {
                Some(digits) => digits.to_owned(),
                None => format!("-{number}"),
            };
            Ok(Value::Number(Cow::Owned(negated)))
        }
        _ => Err(Missing::NoValue),
    }
}

pub(crate) fn finite(float: f64) -> Evaluated<'static> {
    if float.is_finite() {
        Ok(Value::Float(float))
    } else {
        Err(Missing::NoValue)
    }
}

/// Whole numbers stay whole and do not wrap; anything else is done in floats.
/// Texts that are numbers count as those.
fn arithmetic(
    left: &Value<'_>,
    right: &Value<'_>,
    ints: impl Fn(i64, i64) -> Option<i64>,
    floats: impl Fn(f64, f64) -> f64,
) -> Evaluated<'static> {
    let (Some(left), Some(right)) = (number::of_value(left), number::of_value(right)) else {
        return Err(Missing::NoValue);
    };
    if number::is_long(&left) || number::is_long(&right) {
        return Err(Missing::NoValue);
    }
    match (&left, &right) {
        (Value::Int(left), Value::Int(right)) => {
            ints(*left, *right).map(Value::Int).ok_or(Missing::NoValue)
        }
        _ => match (left.as_float(), right.as_float()) {
            (Some(left), Some(right)) => finite(floats(left, right)),
            _ => Err(Missing::NoValue),
        },
    }
}

fn add(left: &Value<'_>, right: &Value<'_>) -> Evaluated<'static> {
    if left.as_text().is_none() && right.as_text().is_none() {
        return arithmetic(left, right, i64::checked_add, |a, b| a + b);
    }
    let mut text = Vec::new();
    for value in [left, right] {
        encoding::write(&mut text, value, Encoding::Raw).map_err(|_| Missing::NoValue)?;
    }
    if text.len() > MOST_OF_VARIABLE {
        return Err(Missing::Oversized);
    }
    let text = String::from_utf8(text).map_err(|_| Missing::NoValue)?;
    Ok(Value::Text(Cow::Owned(text)))
}

fn ordered(
    left: &Value<'_>,
    right: &Value<'_>,
    holds: impl Fn(Ordering) -> bool,
) -> Evaluated<'static> {
    let ordering = match (number::of_value(left), number::of_value(right)) {
        (Some(left), Some(right)) => number::compare(&left, &right),
        _ => match (left.as_text(), right.as_text()) {
            (Some(left), Some(right)) => Some(left.cmp(right)),
            // What has no value does not hold.
            _ if matches!(left, Value::None) || matches!(right, Value::None) => {
                return Err(Missing::NoValue);
            }
            _ => return Err(Missing::Incomparable),
        },
    };
    ordering
        .map(|ordering| Value::Bool(holds(ordering)))
        .ok_or(Missing::NoValue)
}

/// As the language compares: a number and a text that is one are the same.
fn same(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left.as_text(), right.as_text()) {
        (Some(text), None) if is_number(right) => is_that_number(text, right),
        (None, Some(text)) if is_number(left) => is_that_number(text, left),
        _ => equal(left, right),
    }
}

fn is_number(value: &Value<'_>) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_) | Value::Number(_))
}

fn is_that_number(text: &str, wanted: &Value<'_>) -> bool {
    number::of_text(text).is_some_and(|number| equal(&number, wanted))
}

/// Numbers compare as numbers; values of different kinds are never equal.
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text()) {
        return left == right;
    }
    match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Number(_), _) | (_, Value::Number(_)) => {
            number::compare(left, right).is_some_and(Ordering::is_eq)
        }
        (Value::Json(left), Value::Json(right)) => {
            left == right || {
                let left = serde_json::from_str::<serde_json::Value>(left).ok();
                left.is_some() && left == serde_json::from_str(right).ok()
            }
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| equal(a, b))
        }
        (Value::Json(json), Value::List(list)) | (Value::List(list), Value::Json(json)) => {
            extract::elements(json).is_some_and(|elements| {
                elements.len() == list.len()
                    && elements.iter().zip(list).all(|(json, value)| {
                        extract::decode(json).is_some_and(|json| equal(&json, value))
                    })
            })
        }
        _ => match (left.as_float(), right.as_float()) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

fn contains(needle: &Value<'_>, hay: &Value<'_>) -> Result<bool, Missing> {
    if let Some(text) = hay.as_text() {
        let number = number::of_value(needle);
        let mut spelled = Vec::new();
        let needle = match (needle.as_text(), number) {
            (Some(needle), _) => needle,
            (None, Some(number)) => {
                encoding::write(&mut spelled, &number, Encoding::Raw)
                    .map_err(|_| Missing::NoValue)?;
                str::from_utf8(&spelled).map_err(|_| Missing::NoValue)?
            }
            _ => return Err(Missing::NoValue),
        };
        return Ok(text.contains(needle));
    }
    match hay {
        Value::List(list) => Ok(list.iter().any(|item| same(needle, item))),
        Value::Json(json) if json.starts_with('{') => {
            let name = needle.as_text().ok_or(Missing::NoValue)?;
            let path = [Segment::Field(name.into())];
            Ok(extract::within(json, &path).is_some())
        }
        Value::Json(json) => {
            let elements = extract::elements(json).ok_or(Missing::NoValue)?;
            Ok(elements
                .into_iter()
                .filter_map(extract::decode)
                .any(|item| same(needle, &item)))
        }
        _ => Err(Missing::NoValue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_value_says_so() {
        for (operator, left, right) in [
            (Binary::Add, Value::Int(i64::MAX), Value::Int(1)),
            (Binary::Multiply, Value::Int(i64::MIN), Value::Int(-1)),
            (Binary::Remainder, Value::Int(i64::MIN), Value::Int(-1)),
            (Binary::Remainder, Value::Int(1), Value::Int(0)),
            (Binary::Divide, Value::Int(1), Value::Int(0)),
            (Binary::Multiply, Value::Float(f64::MAX), Value::Int(2)),
            (Binary::In, Value::Int(1), Value::Int(1)),
        ] {
            assert!(
                matches!(apply(operator, &left, &right), Err(Missing::NoValue)),
                "{operator:?} {left:?} {right:?}"
            );
        }
    }

    #[test]
    fn texts_that_are_numbers_compare_as_numbers() {
        let text = |text: &'static str| Value::Text(text.into());
        for (operator, left, right, holds) in [
            (Binary::Less, Value::Int(9), text("10"), true),
            (Binary::Greater, text("18.5"), Value::Int(18), true),
            (Binary::Less, text("9"), text("10"), true),
            (Binary::Less, text("a9"), text("a10"), false),
            (Binary::Equal, text("18"), Value::Int(18), true),
            (Binary::Equal, text("18.0"), Value::Int(18), true),
            (Binary::NotEqual, Value::Int(18), text("x"), true),
            (Binary::Equal, text("18"), text("18.0"), false),
            (
                Binary::In,
                Value::Int(2),
                Value::Json(r#"["1", "2"]"#.into()),
                true,
            ),
            (Binary::In, Value::Int(2), text("1,2"), true),
        ] {
            let value = apply(operator, &left, &right);
            assert!(
                matches!(value, Ok(Value::Bool(found)) if found == holds),
                "{operator:?} {left:?} {right:?}"
            );
        }
        for (left, right) in [
            (text("x"), Value::Int(1)),
            (Value::Float(0.5), text("1,5")),
            (Value::Bool(true), Value::Int(1)),
            (Value::Json("[1]".into()), Value::Int(1)),
        ] {
            let compared = apply(Binary::Less, &left, &right);
            assert!(
                matches!(compared, Err(Missing::Incomparable)),
                "{left:?} {right:?}"
            );
        }
    }

    #[test]
    fn json_compares_by_content() {
        let left = Value::Json(r#"{"a": 1, "b": [2]}"#.into());
        let right = Value::Json(r#"{"b":[2],"a":1}"#.into());
        assert!(equal(&left, &right));
        assert!(equal(&Value::Int(2), &Value::Float(2.0)));
        assert!(!equal(&Value::Int(2), &Value::Text("2".into())));
    }
}
