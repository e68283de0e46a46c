//! The results as Markdown and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use crate::measure::{Costs, Measured};

/// Everything that was measured in one sitting, and where.
#[derive(Debug, Serialize)]
pub(crate) struct Results {
    /// The operating system and the processor.
    pub(crate) machine: String,
    /// The version of this program.
    pub(crate) version: &'static str,
    /// Rounds of each row.
    pub(crate) rounds: u32,
    /// Seconds of each run.
    pub(crate) seconds: u64,
    /// What came out.
    pub(crate) rows: Vec<Measured>,
}

/// The head of the table.
pub(crate) fn head() -> &'static str {
    "| row | generator | CPU per request, µs | of that user | requests/s | figure | its interval |\n\
     |---|---|---|---|---|---|---|\n"
}

/// The lines of one row: one for each generator, the figure in the first.
pub(crate) fn lines(row: &Measured) -> String {
    let mut text = String::new();
    for (index, costs) in row.generators.iter().enumerate() {
        let (what, figure) = if index == 0 {
            (format!("`{}`: {}", row.id, row.what), verdict(row))
        } else {
            (String::new(), " | ".to_owned())
        };
        let _ = writeln!(
            text,
            "| {what} | {} | {} | {figure} |",
            costs.name,
            medians(costs)
        );
    }
    text
}

fn verdict(row: &Measured) -> String {
    row.median.map_or_else(
        || " | ".to_owned(),
        |median| {
            let percent = 100.0 * median.coverage;
            format!(
                "{:.3} | {:.3} to {:.3} ({percent:.0} %)",
                median.value, median.low, median.high
            )
        },
    )
}

fn medians(costs: &Costs) -> String {
    let value = |of| costs.median(of).map_or(f64::NAN, |median| median.value);
    let (cpu, user, rps) = (
        value(|cost| cost.cpu_us),
        value(|cost| cost.user_us),
        value(|cost| cost.rps),
    );
    format!("{cpu:.2} | {user:.2} | {rps:.0}")
}
