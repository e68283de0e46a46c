//! The levels of a run as rows of text.

use crate::model::{latency_text, percent_text, rate_text};
use crate::verdict::{Capacity, load_text, outcome_word};

/// The headings of [`levels`].
pub(super) const LEVELS: [&str; 7] = ["Load", "RPS", "p50", "p95", "p99", "Failed", "Result"];

/// A row a level, in the order in which they were run.
pub(super) fn levels(capacity: &Capacity) -> Vec<[String; 7]> {
    let levels = capacity.levels.iter().map(|level| {
        let came = match (level.outcome, &*level.why) {
            (None, _) => String::new(),
            (Some(outcome), "") => outcome_word(outcome).to_owned(),
            (Some(outcome), why) => format!("{}: {why}", outcome_word(outcome)),
        };
        [
            load_text(capacity.of, level.load),
            rate_text(level.rps),
            latency_text(level.p50_us),
            latency_text(level.p95_us),
            latency_text(level.p99_us),
            percent_text(level.failed),
            came,
        ]
    });
    levels.collect()
}
