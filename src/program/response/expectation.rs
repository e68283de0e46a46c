//! What an answer has to be to count as a success.

use std::borrow::Cow;
use std::time::Duration;

use crate::model::{BodyNeed, micros};
use crate::program::expr::units::duration_of;
use crate::program::json::path::JsonPath;
use crate::program::request::template::Template;
use crate::program::response::check::{Bound, Check, Judging};
use crate::program::response::response_view::ResponseView;

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
    pub(crate) low: u16,
    pub(crate) high: u16,
}

impl StatusRule {
    /// Whether this status counts as success.
    pub(crate) fn accepts(&self, status: u16, judging: &mut Judging<'_, '_>) -> bool {
        match self {
            Self::BelowFourHundred => status < 400,
            Self::OneOf(ranges) => ranges.iter().any(|range| range.contains(status)),
            Self::Varying(text) => text
                .text(judging.variables, judging.context)
                .ok()
                .and_then(|text| StatusRange::parse(&text))
                .is_some_and(|range| range.contains(status)),
        }
    }
}

impl StatusRange {
    /// Reads `200`, `2xx` or `200-299`; statuses are 100 to 599.
    pub(crate) fn parse(text: &str) -> Option<Self> {
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

    fn contains(self, status: u16) -> bool {
        (self.low..=self.high).contains(&status)
    }
}

/// One thing beside the status that an answer has to fulfil.
#[derive(Clone, Debug)]
pub struct Expectation {
    pub(crate) expected: Expected,
    /// What the failure is called; index into the program's texts.
    pub(crate) text: u16,
    /// What it is called where a variable in it has no value.
    pub(crate) no_value: u16,
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
    Size(Figure<Bound>),
    /// The service time is below this, in microseconds.
    Within(Figure<u64>),
}

/// A figure, or the text with variables that says it when an answer is judged.
#[derive(Clone, Debug)]
pub enum Figure<T> {
    /// It is always this.
    Fixed(T),
    /// It is read from this text.
    Varying(Template),
}

impl<T: Copy> Figure<T> {
    /// The figure; `None` where the text is none.
    fn value(&self, judging: &mut Judging<'_, '_>, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        match self {
            Self::Fixed(figure) => Some(*figure),
            Self::Varying(text) => read(&text.text(judging.variables, judging.context).ok()?),
        }
    }
}

impl Expected {
    /// Whether variables in it are filled in when an answer is judged.
    pub(crate) fn varies(&self) -> bool {
        match self {
            Self::Header(_, check) | Self::Json(_, check) | Self::Text(check) => check.varies(),
            Self::Size(bound) => matches!(bound, Figure::Varying(_)),
            Self::Within(limit) => matches!(limit, Figure::Varying(_)),
        }
    }

    /// Reads the longest service time with its unit: `500ms`, `< 2s`. A bare
    /// number would be seconds, and is often meant as milliseconds.
    pub(crate) fn time_limit(text: &str) -> Option<Duration> {
        let text = text.trim();
        let text = text.strip_prefix('<').unwrap_or(text);
        let has_unit = text.trim().parse::<f64>().is_err();
        duration_of(text).filter(|limit| has_unit && !limit.is_zero())
    }
}

impl Expectation {
    /// # Errors
    /// What the failure is called, where the answer is not as expected.
    pub(crate) fn judge(
        &self,
        seen: &ResponseView<'_>,
        judging: &mut Judging<'_, '_>,
    ) -> Result<(), u16> {
        let is_met = match &self.expected {
            Expected::Header(name, check) => {
                self.filled(check, judging)?.holds_in_fields(name, seen)
            }
            Expected::Json(path, check) => self.filled(check, judging)?.holds_in_json(path, seen),
            Expected::Text(check) => self.filled(check, judging)?.holds_in_text(seen.text()),
            Expected::Size(bound) => {
                let bound = bound.value(judging, Bound::of_size);
                bound.ok_or(self.no_value)?.holds(seen.answer.body_size)
            }
            Expected::Within(limit_us) => {
                let read = |text: &str| Expected::time_limit(text).map(micros);
                let limit_us = limit_us.value(judging, read);
                seen.answer.service_time_us < limit_us.ok_or(self.no_value)?
            }
        };
        is_met.then_some(()).ok_or(self.text)
    }

    /// Its test with the values of its variables, else what the failure is called.
    fn filled<'c>(
        &self,
        check: &'c Check,
        judging: &mut Judging<'_, '_>,
    ) -> Result<Cow<'c, Check>, u16> {
        check.filled_in(judging).ok_or(self.no_value)
    }

    /// The JSON path that it reads, of which one match is enough.
    pub(crate) fn path(&self) -> Option<&JsonPath> {
        match &self.expected {
            Expected::Json(_, check) if check.counts() => None,
            Expected::Json(path, _) => Some(path),
            _ => None,
        }
    }

    /// Whether it reads the head of an answer.
    pub(crate) fn wants_head(&self) -> bool {
        matches!(self.expected, Expected::Header(..))
    }

    /// What it needs of the body of an answer.
    pub(crate) fn body_want(&self) -> BodyNeed {
        match self.expected {
            Expected::Json(..) | Expected::Text(_) => BodyNeed::Whole,
            Expected::Size(_) => BodyNeed::Size,
            Expected::Header(..) | Expected::Within(_) => BodyNeed::None,
        }
    }
}
