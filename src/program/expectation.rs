//! What an answer has to be to count as a success.

use crate::model::BodyWant;
use crate::program::check::{Bound, Check, Judging};
use crate::program::json_path::JsonPath;
use crate::program::seen::Seen;
use crate::program::template::Template;

/// Which statuses count as success.
#[derive(Clone, Debug, Default)]
pub enum StatusRule {
    /// Everything below 400.
    #[default]
    BelowFourHundred,
    /// Only those named.
    OneOf(Vec<StatusRange>),
    /// What a value says when the answer is judged: `201`, `2xx`, `200-204`.
    Varying(Template),
}

/// Statuses from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRange {
    /// The lowest.
    pub low: u16,
    /// The highest.
    pub high: u16,
}

impl StatusRule {
    /// Whether this status counts as success.
    pub(super) fn accepts(&self, status: u16, judging: &mut Judging<'_, '_>) -> bool {
        match self {
            Self::BelowFourHundred => status < 400,
            Self::OneOf(ranges) => ranges
                .iter()
                .any(|range| (range.low..=range.high).contains(&status)),
            Self::Varying(text) => text
                .text(judging.variables, judging.around)
                .ok()
                .and_then(|text| StatusRange::parse(&text))
                .is_some_and(|range| (range.low..=range.high).contains(&status)),
        }
    }
}

impl StatusRange {
    /// Reads `200`, `2xx` or `200-299`; statuses are 100 to 599.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| {
            let status: u16 = text.trim().parse().ok()?;
            (100..=599).contains(&status).then_some(status)
        };
        let (low, high) = if let Some((low, high)) = text.split_once('-') {
            (number(low)?, number(high)?)
        } else if let Some(class) = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) {
            let class: u16 = class.parse().ok()?;
            let class = (1..=5).contains(&class).then_some(class)?;
            (class * 100, class * 100 + 99)
        } else {
            let status = number(text)?;
            (status, status)
        };
        (low <= high).then_some(Self { low, high })
    }
}

/// One thing beside the status that an answer has to fulfil.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What is expected.
    pub expected: Expected,
    /// What the failure is called; index into the program's texts.
    pub text: u16,
    /// What it is called where a variable in it has no value.
    pub no_value: u16,
}

/// What is expected.
#[derive(Clone, Debug)]
pub enum Expected {
    /// Of the header fields of this name.
    Header(Box<str>, Check),
    /// Of the value at a path of the JSON body.
    Json(JsonPath, Check),
    /// Of the body as text.
    Text(Check),
    /// Of the size of the body in bytes, decoded.
    Size(Bound),
    /// The service time is below this, in microseconds.
    Within(u64),
}

impl Expectation {
    /// # Errors
    /// What the failure is called, where the answer is not as expected.
    pub(super) fn judge(&self, seen: &Seen<'_>, judging: &mut Judging<'_, '_>) -> Result<(), u16> {
        let answer = seen.answer;
        let check = match &self.expected {
            Expected::Header(_, check) | Expected::Json(_, check) | Expected::Text(check) => {
                Some(check.filled_in(judging).ok_or(self.no_value)?)
            }
            Expected::Size(_) | Expected::Within(_) => None,
        };
        let is_met = match (&self.expected, check.as_deref()) {
            (Expected::Header(name, _), Some(check)) => check.holds_in_fields(name, seen),
            (Expected::Json(path, _), Some(check)) => check.holds_in_json(path, seen),
            (Expected::Text(_), Some(check)) => check.holds_in_text(seen.text()),
            (Expected::Size(bound), _) => bound.holds(answer.body_size),
            (Expected::Within(limit_us), _) => answer.service_time_us < *limit_us,
            (Expected::Header(..) | Expected::Json(..) | Expected::Text(_), None) => false,
        };
        is_met.then_some(()).ok_or(self.text)
    }

    /// The JSON path that it reads, of which one match is enough.
    pub(super) fn path(&self) -> Option<&JsonPath> {
        match &self.expected {
            Expected::Json(_, check) if check.counts() => None,
            Expected::Json(path, _) => Some(path),
            _ => None,
        }
    }

    /// Whether it reads the head of an answer.
    pub(super) fn wants_head(&self) -> bool {
        matches!(self.expected, Expected::Header(..))
    }

    /// What it needs of the body of an answer.
    pub(super) fn body_want(&self) -> BodyWant {
        match self.expected {
            Expected::Json(..) | Expected::Text(_) => BodyWant::Whole,
            Expected::Size(_) => BodyWant::Size,
            Expected::Header(..) | Expected::Within(_) => BodyWant::None,
        }
    }
}
