//! What an answer has to be to count as a success.

use crate::program::check::{Bound, Check};
use crate::program::json_path::JsonPath;
use crate::program::seen::Seen;

/// Which statuses count as success.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum StatusRule {
    /// Everything below 400.
    #[default]
    BelowFourHundred,
    /// Only those named.
    OneOf(Vec<StatusRange>),
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
    #[must_use]
    pub fn accepts(&self, status: u16) -> bool {
        match self {
            Self::BelowFourHundred => status < 400,
            Self::OneOf(ranges) => ranges
                .iter()
                .any(|range| (range.low..=range.high).contains(&status)),
        }
    }
}

/// One thing beside the status that an answer has to fulfil.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What is expected.
    pub expected: Expected,
    /// What the failure is called; index into the program's texts.
    pub text: u16,
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
    pub(super) fn is_met(&self, seen: &Seen<'_>) -> bool {
        let answer = seen.answer;
        match &self.expected {
            Expected::Header(name, check) => check.holds_in_fields(name, seen),
            Expected::Json(path, check) => check.holds_in_json(path, seen),
            Expected::Text(check) => check.holds_in_text(answer.body),
            Expected::Size(bound) => bound.holds(answer.body.len()),
            Expected::Within(limit_us) => answer.service_time_us < *limit_us,
        }
    }

    /// The JSON path that it reads, of which one match is enough.
    pub(super) fn path(&self) -> Option<&JsonPath> {
        match &self.expected {
            Expected::Json(_, Check::Count(_)) => None,
            Expected::Json(path, _) => Some(path),
            _ => None,
        }
    }

    /// Whether it reads the head of an answer.
    pub(super) fn wants_head(&self) -> bool {
        matches!(self.expected, Expected::Header(..))
    }

    /// Whether it reads the body of an answer.
    pub(super) fn wants_body(&self) -> bool {
        matches!(
            self.expected,
            Expected::Json(..) | Expected::Text(_) | Expected::Size(_)
        )
    }
}
