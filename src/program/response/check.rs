//! The tests that `expect` puts to values of an answer.

use std::borrow::Cow;

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use crate::model::{ActualKind, ActualValue};
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::EvalContext;
use crate::program::expr::expression::Expression;
use crate::program::expr::units::bytes_of;
use crate::program::expr::value::Value;
use crate::program::expr::{number, operators};
use crate::program::json::extract;
use crate::program::json::path::JsonPath;
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;
use crate::program::request::template::Template;
use crate::program::response::actual_value::json_value;
use crate::program::response::body_text::field_text;
use crate::program::response::response_view::ResponseView;

/// A test of one value.
#[derive(Clone, Debug)]
pub enum Check {
    /// There is something.
    Exists,
    /// There is nothing.
    Absent,
    /// It equals this JSON.
    Equals(Box<str>),
    /// There is something, and the inner test does not hold for it.
    Not(Box<Self>),
    /// The expression is found in its text.
    Matches(Regex),
    /// This is part of its text, or an element of its list.
    Contains(Box<str>),
    /// The list has so many elements, or so many are found.
    Count(Bound),
    /// The number is larger.
    Above(f64),
    /// The number is smaller.
    Below(f64),
    /// One of the above with a value of the user's, known when the answer is judged.
    Varying(Varying),
}

/// A test whose other side has variables.
#[derive(Clone, Debug)]
pub enum Varying {
    /// It equals this JSON.
    Equals(Template),
    /// This is part of its text, or an element of its list.
    Contains(Template),
    /// The list has so many elements.
    Count(Relation, Expression),
    /// The number is larger.
    Above(Expression),
    /// The number is smaller.
    Below(Expression),
    /// The expression is found in its text.
    Matches(Template),
}

/// A regular expression, of bounded size.
///
/// # Errors
/// It is none, or too large.
pub fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(1 << 20).build()
}

/// What a test with variables is judged with.
#[derive(Debug)]
pub(crate) struct Judging<'j, 'a> {
    pub(crate) variables: &'j Variables,
    pub(crate) context: &'j mut EvalContext<'a>,
}

impl Varying {
    /// The test with its value; `None` where that has none. Allocates.
    fn check(&self, judging: &mut Judging<'_, '_>) -> Option<Check> {
        let (variables, context) = (judging.variables, &mut *judging.context);
        let mut number = |of: &Expression| number::float(&of.evaluate(variables, context).ok()?);
        Some(match self {
            Self::Equals(json) => Check::Equals(json.text(variables, context).ok()?.into()),
            Self::Contains(text) => Check::Contains(text.text(variables, context).ok()?.into()),
            Self::Count(relation, than) => {
                let than = than.evaluate(variables, context).ok()?;
                Check::Count(Bound {
                    relation: *relation,
                    than: u64::try_from(number::whole(&than)?).ok()?,
                })
            }
            Self::Above(limit) => Check::Above(number(limit)?),
            Self::Below(limit) => Check::Below(number(limit)?),
            Self::Matches(text) => {
                let text = text.text(variables, context).ok()?;
                Check::Matches(pattern(&text).ok()?)
            }
        })
    }
}

impl Varying {
    /// The value of its variables, to be shown.
    fn compared(&self, judging: &mut Judging<'_, '_>) -> Option<ActualValue> {
        let (variables, context) = (judging.variables, &mut *judging.context);
        Some(match self {
            Self::Equals(json) => json_value(&json.text(variables, context).ok()?),
            Self::Contains(text) | Self::Matches(text) => {
                ActualValue::value(ActualKind::Text, &text.text(variables, context).ok()?)
            }
            Self::Count(_, of) | Self::Above(of) | Self::Below(of) => {
                let value = of.evaluate(variables, context).ok()?;
                json_value(&String::from_utf8_lossy(&json_of(&value)?))
            }
        })
    }
}

/// What a number has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    pub(crate) relation: Relation,
    pub(crate) than: u64,
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Relation {
    /// How each is written; none is the beginning of a later one.
    const SIGNS: [(&str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    pub(crate) fn sign(self) -> &'static str {
        let found = Self::SIGNS.iter().find(|(_, one)| *one == self);
        found.map_or("", |(sign, _)| sign)
    }

    /// The relation at the beginning of a text, and what follows; without a sign
    /// it is `==`.
    pub(crate) fn parse(text: &str) -> (Self, &str) {
        let text = text.trim();
        let sign = Self::SIGNS.iter().find(|(sign, _)| text.starts_with(sign));
        let (sign, relation) = sign.map_or(("", Self::Equal), |found| *found);
        (relation, &text[sign.len()..])
    }
}

impl Bound {
    /// Reads a relation and a number.
    pub(crate) fn parse(text: &str, number: impl Fn(&str) -> Option<u64>) -> Option<Self> {
        let (relation, than) = Relation::parse(text);
        let than = number(than.trim())?;
        Some(Self { relation, than })
    }

    /// Reads `< 10KiB`; a size alone is exact.
    pub(crate) fn of_size(text: &str) -> Option<Self> {
        Self::parse(text, bytes_of)
    }

    /// Whether the number is as it has to be.
    pub(crate) fn holds(self, number: u64) -> bool {
        match self.relation {
            Relation::Equal => number == self.than,
            Relation::NotEqual => number != self.than,
            Relation::Less => number < self.than,
            Relation::LessOrEqual => number <= self.than,
            Relation::Greater => number > self.than,
            Relation::GreaterOrEqual => number >= self.than,
        }
    }
}

impl Check {
    /// The test with the values of its variables; `None` where one has none.
    pub(super) fn filled_in(&self, judging: &mut Judging<'_, '_>) -> Option<Cow<'_, Self>> {
        Some(match self {
            Self::Varying(varying) => Cow::Owned(varying.check(judging)?),
            Self::Not(inner) => match inner.filled_in(judging)? {
                Cow::Borrowed(_) => Cow::Borrowed(self),
                Cow::Owned(inner) => Cow::Owned(Self::Not(Box::new(inner))),
            },
            _ => Cow::Borrowed(self),
        })
    }

    /// What its variables come to; `None` where it has none, or they have no value.
    pub(crate) fn compared(&self, judging: &mut Judging<'_, '_>) -> Option<ActualValue> {
        match self {
            Self::Varying(varying) => varying.compared(judging),
            Self::Not(inner) => inner.compared(judging),
            _ => None,
        }
    }

    /// Whether it is about how many there are.
    pub(crate) fn counts(&self) -> bool {
        match self {
            Self::Count(_) | Self::Varying(Varying::Count(..)) => true,
            Self::Not(inner) => inner.counts(),
            _ => false,
        }
    }

    /// Whether variables in it are filled in when an answer is judged.
    pub(crate) fn varies(&self) -> bool {
        match self {
            Self::Varying(_) => true,
            Self::Not(inner) => inner.varies(),
            _ => false,
        }
    }

    /// Of what is at a path of a JSON body.
    pub(super) fn holds_in_json(&self, path: &JsonPath, seen: &ResponseView<'_>) -> bool {
        match self {
            Self::Exists => seen.json(path).is_some(),
            // A body that is no JSON at all does not prove the absence.
            Self::Absent => seen.json(path).is_none() && seen.json_fault().is_none(),
            Self::Count(bound) => count(path, seen).is_some_and(|count| bound.holds(count as u64)),
            Self::Not(inner) => seen.json(path).is_some() && !inner.holds_in_json(path, seen),
            _ => seen
                .json(path)
                .and_then(extract::decode)
                .is_some_and(|value| self.holds_for(&value)),
        }
    }

    /// Of the header fields of a name: one of them is enough.
    pub(super) fn holds_in_fields(&self, name: &str, seen: &ResponseView<'_>) -> bool {
        let mut fields = seen.fields(name);
        match self {
            Self::Exists => fields.next().is_some(),
            Self::Absent => fields.next().is_none(),
            Self::Count(bound) => bound.holds(fields.count() as u64),
            Self::Not(inner) => fields.next().is_some() && !inner.holds_in_fields(name, seen),
            _ => fields.any(|field| self.holds_in_text(&field_text(field))),
        }
    }

    /// Of a text.
    pub(super) fn holds_in_text(&self, text: &[u8]) -> bool {
        match self {
            Self::Exists => !text.is_empty(),
            Self::Absent => text.is_empty(),
            Self::Not(inner) => !inner.holds_in_text(text),
            Self::Equals(json) => match extract::decode(json) {
                Some(Value::Text(wanted)) => wanted.as_bytes() == text,
                _ => json.as_bytes() == text,
            },
            Self::Matches(regex) => regex.is_match(text),
            Self::Contains(part) => memmem::find(text, part.as_bytes()).is_some(),
            Self::Above(limit) => number_in(text).is_some_and(|number| number > *limit),
            Self::Below(limit) => number_in(text).is_some_and(|number| number < *limit),
            Self::Count(_) | Self::Varying(_) => false,
        }
    }

    fn holds_for(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Equals(json) => {
                extract::decode(json).is_some_and(|wanted| operators::equal(value, &wanted))
            }
            Self::Matches(regex) => text(value).is_some_and(|text| regex.is_match(&text)),
            Self::Contains(part) => match value {
                Value::Json(json) if json.starts_with('[') => extract::elements(json)
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(extract::decode)
                    .any(|element| text(&element).is_some_and(|text| *text == *part.as_bytes())),
                _ => text(value).is_some_and(|text| memmem::find(&text, part.as_bytes()).is_some()),
            },
            Self::Above(limit) => value.as_float().is_some_and(|number| number > *limit),
            Self::Below(limit) => value.as_float().is_some_and(|number| number < *limit),
            Self::Exists | Self::Absent | Self::Not(_) | Self::Count(_) | Self::Varying(_) => false,
        }
    }
}

/// How long the list at a path is, or how much a path that can find several
/// things finds; `None` where the text is not JSON.
pub(crate) fn count(path: &JsonPath, seen: &ResponseView<'_>) -> Option<usize> {
    let found = seen.all_json(path).ok()?;
    match (path, found.as_slice()) {
        (JsonPath::Simple(_), [one]) => Some(extract::array_len(one).unwrap_or(1)),
        (_, found) => Some(found.len()),
    }
}

/// A value as text.
fn text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, [u8]>> {
    if let Some(text) = value.as_text() {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    json_of(value).map(Cow::Owned)
}

fn json_of(value: &Value<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    encoding::write(&mut out, value, Encoding::JsonValue).ok()?;
    Some(out)
}

fn number_in(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}
