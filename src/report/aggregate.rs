//! The summary that the load testing guide prints of a folder of results.

use std::fmt::Write;

use crate::report::RunFile;

/// For each prefix of files, in the guide's format: its name in capitals, all
/// requests and failures, the mean and the longest response time. Where the
/// guide adds the line of sums to what it sums up, everything counts once here.
#[must_use]
pub fn aggregate<'a>(runs: impl IntoIterator<Item = (&'a str, &'a RunFile)>) -> String {
    let mut text = String::new();
    for (prefix, run) in runs {
        let all = &run.aggregated;
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n{}", prefix.to_uppercase());
        let _ = writeln!(text, "  Total Requests: {}", all.requests);
        let _ = writeln!(text, "  Total Failures: {}", all.failures);
        let _ = writeln!(
            text,
            "  Avg Response: {:.0}ms",
            all.mean_us.unwrap_or(0.0) / 1e3
        );
        let max_us = all.max_us.unwrap_or(0);
        let _ = writeln!(
            text,
            "  Max Response: {}ms",
            max_us.saturating_add(500) / 1_000
        );
    }
    text
}
