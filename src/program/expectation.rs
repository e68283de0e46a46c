//! What an answer has to be to count as a success.

use crate::program::extract;
use crate::program::json_path::JsonPath;
use crate::program::operators;
use crate::program::request::Answer;

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
    /// The value at a path of the JSON body equals this JSON.
    JsonEquals(JsonPath, Box<str>),
    /// There is something at a path of the JSON body.
    JsonExists(JsonPath),
    /// There is nothing at a path of the JSON body.
    JsonAbsent(JsonPath),
    /// The body contains this text.
    Contains(Box<str>),
    /// The service time is below this, in microseconds.
    Within(u64),
}

impl Expectation {
    pub(super) fn is_met(&self, answer: &Answer<'_>) -> bool {
        match &self.expected {
            Expected::JsonEquals(path, json) => {
                path.first(answer.body).is_some_and(|found| {
                    match (extract::decode(&found), extract::decode(json)) {
                        (Some(found), Some(wanted)) => operators::equal(&found, &wanted),
                        _ => false,
                    }
                })
            }
            Expected::JsonExists(path) => path.first(answer.body).is_some(),
            // A body that is no JSON at all does not prove the absence.
            Expected::JsonAbsent(path) => {
                path.first(answer.body).is_none()
                    && serde_json::from_slice::<serde::de::IgnoredAny>(answer.body).is_ok()
            }
            Expected::Contains(text) => contains(answer.body, text.as_bytes()),
            Expected::Within(limit_us) => answer.service_time_us < *limit_us,
        }
    }

    /// Whether it reads the body of an answer.
    pub(super) fn wants_body(&self) -> bool {
        !matches!(self.expected, Expected::Within(_))
    }
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    // Bodies are mostly UTF-8, for which the library's search is fast.
    match (std::str::from_utf8(hay), std::str::from_utf8(needle)) {
        (Ok(hay), Ok(needle)) => hay.contains(needle),
        _ => needle.is_empty() || hay.windows(needle.len()).any(|window| window == needle),
    }
}
