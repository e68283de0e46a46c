//! Both kinds of time of each name, where starts were planned.

use crate::model::{TimeKind, count_text, latency_text};
use crate::report::RunFile;
use crate::run::StatRow;
use crate::stats::Percentiles;

/// The headings of each kind of time.
pub(super) const HEADINGS: [&str; 4] = ["p50", "p95", "p99", "Max"];
/// Rows shown; the run file holds all of them.
const ROWS: usize = 1_000;

/// A name with planned starts, or all of them.
pub(super) struct BothTimes<'a> {
    pub(super) method: &'a str,
    pub(super) name: &'a str,
    /// Requests that were counted from a planned start.
    pub(super) starts: String,
    /// Under the [`HEADINGS`]: service times, then response times.
    pub(super) times: [String; 8],
}

/// The title of the table.
pub(super) fn title() -> String {
    let [service, response] = names();
    format!("{service} and {response}")
}

/// The two names, in the order of the columns.
pub(super) fn names() -> [&'static str; 2] {
    [TimeKind::Service.title(), TimeKind::Response.title()]
}

/// A row a name, and the sum; empty where no start was planned.
pub(super) fn rows(run: &RunFile) -> Vec<BothTimes<'_>> {
    let names = run.requests.iter().filter_map(row).take(ROWS);
    names.chain(row(&run.aggregated)).collect()
}

fn row(line: &StatRow) -> Option<BothTimes<'_>> {
    let response = line.response.as_ref()?;
    let of = |times: Percentiles| [times.p50_us, times.p95_us, times.p99_us];
    let [s50, s95, s99] = of(line.latencies.service);
    let [r50, r95, r99] = of(line.latencies.response);
    let max_us = Some(response.max_us);
    Some(BothTimes {
        method: &line.method,
        name: &line.name,
        starts: count_text(response.samples),
        times: [s50, s95, s99, line.max_us, r50, r95, r99, max_us].map(latency_text),
    })
}
