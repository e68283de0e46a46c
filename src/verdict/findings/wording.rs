//! Figures as words.

use std::borrow::Cow;

use crate::model::{clock_text, rate_text};
use crate::verdict::Finding;

/// The most lines of evidence about names.
pub(super) const LINES_MAX: usize = 5;

/// A rate with its unit: `80.0/s`.
pub(crate) fn rate(per_second: f64) -> String {
    format!("{}/s", rate_text(per_second))
}

/// A count as a number to calculate with; exact up to 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "for people; exact far beyond any run"
)]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// A part of a whole, 0 to 1; 0 of nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        float(part) / float(whole)
    }
}

/// `3 of 20`
pub(super) fn count_of(part: u64, whole: u64) -> String {
    format!("{part} of {whole}")
}

/// `0:12 to 1:05`
pub(super) fn span(from_s: f64, to_s: f64) -> String {
    format!("{} to {}", clock_text(from_s), clock_text(to_s))
}

/// The first few of these lines, and how many more there are.
pub(super) fn shortened(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES_MAX);
    if more > 0 {
        lines.truncate(LINES_MAX);
        lines.push(format!("and {more} more"));
    }
    lines
}

/// A finding with this id.
pub(super) fn finding(id: &'static str, text: String, advice: impl Into<String>) -> Finding {
    Finding {
        id: Cow::Borrowed(id),
        text,
        evidence: Vec::new(),
        figures: Vec::new(),
        advice: advice.into(),
        range_s: None,
    }
}
