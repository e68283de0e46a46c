//! Operators on values.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::program::evaluate::Missing;
use crate::program::expression::Binary;
use crate::program::extract;
use crate::program::json_path::Segment;
use crate::program::value::Value;

type Evaluated<'a> = Result<Value<'a>, Missing>;

/// The longest text that joining makes, in bytes.
const MAX_TEXT_BYTES: usize = 1 << 20;

pub(super) fn apply(operator: Binary, left: &Value<'_>, right: &Value<'_>) -> Evaluated<'static> {
    match operator {
        Binary::Equal => Ok(Value::Bool(equal(left, right))),
        Binary::NotEqual => Ok(Value::Bool(!equal(left, right))),
        Binary::Less => ordered(left, right, Ordering::is_lt),
        Binary::LessOrEqual => ordered(left, right, Ordering::is_le),
        Binary::Greater => ordered(left, right, Ordering::is_gt),
        Binary::GreaterOrEqual => ordered(left, right, Ordering::is_ge),
        Binary::Add => add(left, right),
        Binary::Subtract => arithmetic(left, right, i64::checked_sub, |a, b| a - b),
        Binary::Multiply => arithmetic(left, right, i64::checked_mul, |a, b| a * b),
        Binary::Divide => match (left.as_float(), right.as_float()) {
            (Some(left), Some(right)) => finite(left / right),
            _ => Err(Missing::NoValue),
        },
        Binary::Remainder => arithmetic(left, right, i64::checked_rem_euclid, f64::rem_euclid),
        Binary::In => contains(left, right).map(Value::Bool),
    }
}

pub(super) fn negate(value: &Value<'_>) -> Evaluated<'static> {
    match value {
        Value::Int(int) => int.checked_neg().map(Value::Int).ok_or(Missing::NoValue),
        Value::Float(float) => Ok(Value::Float(-float)),
        _ => Err(Missing::NoValue),
    }
}

pub(super) fn finite(float: f64) -> Evaluated<'static> {
    if float.is_finite() {
        Ok(Value::Float(float))
    } else {
        Err(Missing::NoValue)
    }
}

/// Whole numbers stay whole and do not wrap; anything else is done in floats.
fn arithmetic(
    left: &Value<'_>,
    right: &Value<'_>,
    ints: impl Fn(i64, i64) -> Option<i64>,
    floats: impl Fn(f64, f64) -> f64,
) -> Evaluated<'static> {
    match (left, right) {
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
        crate::program::encoding::write(&mut text, value, crate::program::Encoding::Raw)
            .map_err(|_| Missing::NoValue)?;
    }
    if text.len() > MAX_TEXT_BYTES {
        return Err(Missing::NoValue);
    }
    let text = String::from_utf8(text).map_err(|_| Missing::NoValue)?;
    Ok(Value::Text(Cow::Owned(text)))
}

fn ordered(
    left: &Value<'_>,
    right: &Value<'_>,
    holds: impl Fn(Ordering) -> bool,
) -> Evaluated<'static> {
    let ordering = match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        _ => match (left.as_text(), right.as_text()) {
            (Some(left), Some(right)) => Some(left.cmp(right)),
            _ => match (left.as_float(), right.as_float()) {
                (Some(left), Some(right)) => left.partial_cmp(&right),
                _ => None,
            },
        },
    };
    ordering
        .map(|ordering| Value::Bool(holds(ordering)))
        .ok_or(Missing::NoValue)
}

/// Numbers compare as numbers; values of different kinds are never equal.
pub(super) fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text()) {
        return left == right;
    }
    match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
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
        let needle = needle.as_text().ok_or(Missing::NoValue)?;
        return Ok(text.contains(needle));
    }
    match hay {
        Value::List(list) => Ok(list.iter().any(|item| equal(needle, item))),
        Value::Json(json) if json.starts_with('{') => {
            let name = needle.as_text().ok_or(Missing::NoValue)?;
            let path = [Segment::Field(name.into())];
            Ok(extract::find(json.as_bytes(), &path).is_some())
        }
        Value::Json(json) => {
            let elements = extract::elements(json).ok_or(Missing::NoValue)?;
            Ok(elements
                .into_iter()
                .filter_map(extract::decode)
                .any(|item| equal(needle, &item)))
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
            (Binary::Less, Value::Int(1), Value::Text("1".into())),
            (Binary::In, Value::Int(1), Value::Int(1)),
        ] {
            assert!(
                matches!(apply(operator, &left, &right), Err(Missing::NoValue)),
                "{operator:?} {left:?} {right:?}"
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
