//! The levels of a run as rows of text.

use crate::report::figures::{latency, percent, rate};
use crate::verdict::{Capacity, load_words, outcome_word};

/// The headings of [`levels`].
pub(super) const LEVELS: [&str; 7] = ["Load", "RPS", "p50", "p95", "p99", "Failed", "Came of it"];

/// A row a level, in the order in which they were run.
pub(super) fn levels(capacity: &Capacity) -> Vec<[String; 7]> {
    let levels = capacity.levels.iter().map(|level| {
        let came = match (level.outcome, &*level.why) {
            (None, _) => String::new(),
            (Some(outcome), "") => outcome_word(outcome).to_owned(),
            (Some(outcome), why) => format!("{}: {why}", outcome_word(outcome)),
        };
        [
            load_words(capacity.of, level.load),
            rate(level.rps),
            latency(level.p50_us),
            latency(level.p95_us),
            latency(level.p99_us),
            percent(Some(level.failed)),
            came,
        ]
    });
    levels.collect()
}
