use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A diagnosis: what the data says, and what to do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable word, like `target.refused`.
    pub id: Cow<'static, str>,
    /// One sentence for people, with figures.
    pub text: String,
    /// The figures that it follows from, a line each.
    pub evidence: Vec<String>,
    /// The figures of text and evidence as data.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// The advice.
    pub advice: String,
    /// Its time range, in seconds since the start.
    pub range_s: Option<(f64, f64)>,
}

/// A figure that a finding rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Its key: a stable word, like `answers` or `rate_after`.
    pub key: Cow<'static, str>,
    /// What it is of, where that is not the whole run: a request's method and
    /// name, or a reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Its value.
    pub value: f64,
    /// Its unit: `us`, `s`, `per_second`, `share` (0 to 1), `percent`, `users`
    /// or the unit of a reading; empty for a plain number.
    pub unit: Cow<'static, str>,
}

impl Figure {
    /// A figure of the whole run.
    pub(crate) fn new(key: &'static str, value: f64, unit: &'static str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            of: None,
            value,
            unit: Cow::Borrowed(unit),
        }
    }

    /// A plain number.
    pub(crate) fn count(key: &'static str, count: u64) -> Self {
        Self::new(key, crate::verdict::findings::wording::float(count), "")
    }

    /// Whether its value is one.
    pub(crate) fn is_a_number(&self) -> bool {
        self.value.is_finite()
    }

    /// The same of a request's name, or of a reading.
    pub(crate) fn of(self, what: &str) -> Self {
        Self {
            of: Some(what.to_owned()),
            ..self
        }
    }
}

/// A note: a fact worth knowing that changes no verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    /// A stable word, like `target.local`.
    pub id: Cow<'static, str>,
    /// One sentence for people.
    pub text: String,
}
