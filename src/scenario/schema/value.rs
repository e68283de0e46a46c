//! Values that are known before the run, checked by their kind in the table.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::model::duration_literal;
use crate::scenario::schema::limits::{MAX_BODY_BYTES, MIN_TIME, RATES};
use crate::scenario::schema::table::{Kind, MANY};
use crate::scenario::yaml::diagnostic::Problems;
use crate::scenario::yaml::node::{Node, NodeKind, Resolved, shorten};
use crate::scenario::yaml::suggest::did_you_mean;
use crate::scenario::yaml::{fields, units};

/// A value that is known before the run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'n> {
    Nothing,
    Flag(bool),
    Whole(u32),
    Number(f64),
    Time(Duration),
    Text(&'n str),
    Byte(u8),
}

/// What the table says of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Checked<'n> {
    Right(Value<'n>),
    /// It was reported.
    Wrong,
    /// Who reads it has to look.
    Unread,
}

macro_rules! taken_from {
    ($($value:ident($type:ty)),*) => {$(
        impl<'n> TryFrom<Value<'n>> for $type {
            type Error = ();

            fn try_from(value: Value<'n>) -> Result<Self, ()> {
                match value {
                    Value::$value(value) => Ok(value),
                    _ => Err(()),
                }
            }
        }
    )*};
}

taken_from!(
    Flag(bool),
    Whole(u32),
    Number(f64),
    Time(Duration),
    Text(&'n str),
    Byte(u8)
);

/// Checks a value, and those in it; reports what is wrong.
pub(super) fn check<'n>(
    kind: &Kind,
    node: &'n Node,
    (what, help): (&str, Option<String>),
    problems: &mut Problems<'_>,
) -> Checked<'n> {
    let kinds = match kind {
        Kind::Either(kinds) => kinds,
        kind => std::slice::from_ref(kind),
    };
    for kind in kinds {
        let (of, allowed, inner): (_, _, Vec<_>) = match (kind, &node.kind) {
            (Kind::List(of, least, most), NodeKind::List(items)) => {
                let what = format!("an entry of {what}");
                let items = items.iter().map(|item| (item, what.clone()));
                (*of, *least..=*most, items.collect())
            }
            (Kind::Named(_, of, least, most), NodeKind::Map(entries)) => {
                let outer = what.trim_end_matches('`');
                let named = entries.iter().map(|entry| {
                    let key = shorten(&entry.key.text);
                    (&entry.value, format!("{outer}.{key}`"))
                });
                (*of, *least..=*most, named.collect())
            }
            (Kind::Of(_), NodeKind::Map(_)) => return Checked::Unread,
            (Kind::Given, _) if fields::refuse_templates(node, problems) => return Checked::Wrong,
            _ => continue,
        };
        if !allowed.contains(&inner.len()) {
            let message = miscounted(what, allowed, inner.len());
            problems.report_maybe(node.span, message, help);
            return Checked::Wrong;
        }
        let inner = inner.iter();
        let checked = inner.map(|(node, what)| check(of, node, (what, None), problems));
        // All of them, to find every mistake.
        let wrong = checked.filter(|one| matches!(one, Checked::Wrong)).count();
        return match wrong {
            0 => Checked::Unread,
            _ => Checked::Wrong,
        };
    }
    scalar(kinds, node, what, problems)
}

fn miscounted(what: &str, allowed: RangeInclusive<usize>, count: usize) -> String {
    match allowed.into_inner() {
        (1, MANY) => format!("{what} must not be empty"),
        (least, most) if least == most => {
            format!("{what} must have exactly {least} entries, not {count}")
        }
        (0, most) => format!("{what} must have at most {most} entries, not {count}"),
        (least, most) => format!("{what} must have {least} to {most} entries, not {count}"),
    }
}

/// Checks a value that is no list and no map.
fn scalar<'n>(
    kinds: &[Kind],
    node: &'n Node,
    what: &str,
    problems: &mut Problems<'_>,
) -> Checked<'n> {
    let expected: Vec<_> = kinds.iter().filter_map(expected).collect();
    let is_known = |kind: &Kind| matches!(kind, Kind::Nothing | Kind::Numbers(_) | Kind::Of(_));
    let others = kinds.iter().filter(|kind| is_known(kind)).count();
    if expected.is_empty() || expected.len() + others < kinds.len() {
        return Checked::Unread;
    }
    if kinds.iter().any(is_text) && fields::plain_text(node, what, problems).is_none() {
        return Checked::Wrong;
    }
    let found = kinds
        .iter()
        .find_map(|kind| Some((kind, value(kind, node)?)));
    let Some((kind, value)) = found else {
        let mut expected = format!("{what} must be {}", expected.join(" or "));
        if let [Kind::Words(_), Kind::Of(_)] = kinds {
            expected += " or a map";
        }
        mistyped(node, &expected, kinds, problems);
        return Checked::Wrong;
    };
    match mistake(kind, value) {
        None => Checked::Right(value),
        Some(mistake) => {
            let or_word = kinds.iter().find_map(|kind| match kind {
                Kind::Words([word]) => Some(format!(" or `{word}`")),
                _ => None,
            });
            let or_word = or_word.unwrap_or_default();
            problems.report(node.span, format!("{what} must {mistake}{or_word}"));
            Checked::Wrong
        }
    }
}

fn mistyped(node: &Node, expected: &str, kinds: &[Kind], problems: &mut Problems<'_>) {
    let words = kinds.iter().find_map(|kind| match kind {
        Kind::Words(words) => Some(*words),
        _ => None,
    });
    let given = node.as_scalar().map_or("", |scalar| &scalar.text);
    match words.and_then(|words| did_you_mean(given, words.iter().copied())) {
        None => fields::wrong_type(node, expected, problems),
        Some(help) => {
            let message = format!("{expected}, not {}", node.describe());
            problems.report_with(node.span, message, help);
        }
    }
}

/// What a value of a kind is, in words; nothing for kinds that are not checked here.
fn expected(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Flag => "true or false".to_owned(),
        Kind::True => "`true`".to_owned(),
        Kind::Whole(low, high) => format!("a whole number from {low} to {high}"),
        Kind::Above(low, f64::MAX) => format!("a number above {low}"),
        Kind::Above(low, high) => format!("a number above {low} and at most {high}"),
        Kind::Duration | Kind::Period | Kind::Seconds(..) => {
            "a duration such as 500ms, 2s, 1m30s or 1h (at most 365d)".to_owned()
        }
        Kind::Rate => "a rate above 0, such as 12/s, 0.5/s or 30/m".to_owned(),
        Kind::RateOrZero => "a rate such as 12/s, 0.5/s, 30/m or 0".to_owned(),
        Kind::Words([word]) => format!("`{word}`"),
        Kind::Words(words) => format!("one of {}", words.join(", ")),
        Kind::Bytes => "a size from 1 to 1GiB, such as 512KiB or 64MiB".to_owned(),
        Kind::Character => r#"one ASCII character such as ";" or "\t""#.to_owned(),
        kind if is_text(kind) => "a string".to_owned(),
        _ => return None,
    })
}

fn is_text(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Known
            | Kind::Label
            | Kind::Short(_)
            | Kind::Variable
            | Kind::HeaderName
            | Kind::JsonPath
    )
}

fn value<'n>(kind: &Kind, node: &'n Node) -> Option<Value<'n>> {
    let scalar = node.as_scalar()?;
    let (text, resolved) = (scalar.text.as_str(), scalar.resolve());
    Some(match (kind, resolved) {
        (Kind::Nothing, Resolved::Null) => Value::Nothing,
        (Kind::Flag, Resolved::Bool(given)) => Value::Flag(given),
        (Kind::True, Resolved::Bool(true)) => Value::Flag(true),
        (Kind::Whole(low, high), _) => {
            let given = scalar.whole()?;
            Value::Whole(Some(given).filter(|given| (low..=high).contains(&given))?)
        }
        (Kind::Above(low, high), _) => {
            let given = scalar.number()?;
            Value::Number(Some(given).filter(|given| given > low && given <= high)?)
        }
        (Kind::Duration | Kind::Period | Kind::Seconds(..), _) => {
            Value::Time(units::duration(text)?)
        }
        (Kind::Rate, _) => Value::Number(rate(text).filter(|rate| *rate > 0.0)?),
        (Kind::RateOrZero, _) => Value::Number(rate(text)?),
        (Kind::Words(words), _) if words.contains(&text) => Value::Text(text),
        (Kind::Bytes, _) => {
            let bytes = u32::try_from(units::bytes(text)?).ok()?;
            Value::Whole(Some(bytes).filter(|size| (1..=MAX_BODY_BYTES).contains(size))?)
        }
        (Kind::Character, _) => Value::Byte(character(text)?),
        (_, Resolved::Null) => return None,
        (Kind::Label, _) => Value::Text(text.trim()),
        (kind, _) if is_text(kind) => Value::Text(text),
        _ => return None,
    })
}

/// A rate per second.
fn rate(text: &str) -> Option<f64> {
    let rate = units::rate_per_second(text)?;
    (rate == 0.0 || (RATES.0..=RATES.1).contains(&rate)).then_some(rate)
}

fn character(text: &str) -> Option<u8> {
    match text.as_bytes() {
        b"\\t" => Some(b'\t'),
        &[byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Some(byte),
        _ => None,
    }
}

/// What a value of the right type must be, if it is not.
fn mistake(kind: &Kind, value: Value<'_>) -> Option<String> {
    match (kind, value) {
        (Kind::Period | Kind::Seconds(MIN_TIME, _), Value::Time(time)) if time < MIN_TIME => {
            Some("be greater than 0".to_owned())
        }
        (Kind::Seconds(low, _), Value::Time(time)) if time < *low => {
            Some(format!("be at least {}", duration_literal(*low)))
        }
        (Kind::Seconds(_, high), Value::Time(time)) if time > *high => {
            Some(format!("be at most {}", duration_literal(*high)))
        }
        (Kind::Label, Value::Text("")) => Some("not be empty".to_owned()),
        (Kind::Short(most), Value::Text(text)) if text.chars().count() > *most => {
            Some(format!("have at most {most} characters"))
        }
        _ => None,
    }
}
