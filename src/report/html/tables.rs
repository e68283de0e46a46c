//! The rows of the page's tables, as text.

use crate::model::{
    bytes_text, clock_text, count_text, fixed, latency_text, percent_text, rate_text, reading_text,
    trimmed,
};
use crate::report::RunFile;
use crate::run::StatRow;
use crate::stats::PERCENTILES;

/// Rows shown of a table; the run file holds all of them.
const ROWS: usize = 1_000;
/// Kinds of failure shown.
const FAILURES: usize = 500;
/// Samples of failures that are shown: as many as a run keeps.
const SAMPLES: usize = 300;

/// A row of a table of requests.
pub(super) struct Row<'a> {
    pub(super) method: &'a str,
    pub(super) name: &'a str,
    /// Its text and its column's class.
    pub(super) cells: Vec<Cell>,
}

/// A cell's text and class.
pub(super) struct Cell {
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl Cell {
    fn figure(text: String) -> Self {
        Self { class: "num", text }
    }
}

/// The headings of [`requests`], behind method and name.
pub(super) const REQUESTS: [&str; 12] = [
    "Requests",
    "Failures",
    "Mean",
    "Min",
    "p50",
    "p95",
    "p99",
    "Max",
    "Size",
    "RPS",
    "% of total time",
    "Statuses",
];

/// A row a name, and the sum.
pub(super) fn requests(run: &RunFile) -> Vec<Row<'_>> {
    rows(run, |row| {
        let service = row.latencies.service;
        let mean = latency_text(row.mean_us);
        let figures = [
            count_text(row.requests),
            count_text(row.failures),
            mean,
            latency_text(row.min_us),
            latency_text(service.p50_us),
            latency_text(service.p95_us),
            latency_text(service.p99_us),
            latency_text(row.max_us),
            bytes_text(row.mean_bytes),
            rate_text(row.rates.rps),
            percent_text(row.share),
        ];
        let mut cells: Vec<_> = figures.map(Cell::figure).into();
        if row.failures > 0 {
            cells[1].class = "num bad";
        }
        cells.push(Cell {
            class: "",
            text: statuses(&row.statuses),
        });
        cells
    })
}

/// The headings of [`percentiles`], behind method and name.
pub(super) fn percentile_headings() -> Vec<String> {
    let headings = PERCENTILES.iter().map(|share| {
        // Set, not measured: 99.9 is not 100.
        format!("{}%", trimmed(&fixed(share * 100.0, 2)))
    });
    headings.collect()
}

/// A row a name, and the sum.
pub(super) fn percentiles(run: &RunFile) -> Vec<Row<'_>> {
    rows(run, |row| {
        let times = row.percentiles_us.iter();
        times.map(|us| Cell::figure(latency_text(*us))).collect()
    })
}

/// A row a name of which phases were measured.
pub(super) fn phases(run: &RunFile) -> Vec<Row<'_>> {
    let mut rows = rows(run, |row| {
        let Some(phases) = row.phases.filter(|_| !row.method.is_empty()) else {
            return Vec::new();
        };
        let times = phases.all();
        times.map(|us| Cell::figure(latency_text(us))).into()
    });
    rows.retain(|row| !row.cells.is_empty());
    rows
}

fn rows(run: &RunFile, cells: impl Fn(&StatRow) -> Vec<Cell>) -> Vec<Row<'_>> {
    let names = run.requests.iter().take(ROWS);
    let rows = names.chain([&run.aggregated]).map(|row| Row {
        method: &row.method,
        name: &row.name,
        cells: cells(row),
    });
    rows.collect()
}

/// A row of the table of failures.
pub(super) struct FailureRow<'a> {
    pub(super) row: Row<'a>,
    /// When the first of them were, and what was said.
    pub(super) samples: Vec<(String, String)>,
}

/// A row a kind of failure.
pub(super) fn failures(run: &RunFile) -> Vec<FailureRow<'_>> {
    let mut left = SAMPLES;
    let lines = run.failures.iter().take(FAILURES);
    let rows = lines.map(|line| {
        let at = |seconds: Option<f64>| Cell::figure(seconds.map(clock_text).unwrap_or_default());
        let text = line.text.clone();
        let row = Row {
            method: &line.method,
            name: &line.name,
            cells: vec![
                Cell { class: "", text },
                Cell::figure(count_text(line.count)),
                at(line.first_s),
                at(line.last_s),
            ],
        };
        let samples = line.samples.iter().take(left);
        left -= samples.len();
        FailureRow {
            row,
            samples: samples
                .map(|one| (clock_text(one.at_s), one.text()))
                .collect(),
        }
    });
    rows.collect()
}

/// Name, lowest, mean and highest value of each reading.
pub(super) fn readings(run: &RunFile) -> Vec<Row<'_>> {
    let rows = run.readings.iter().map(|one| {
        let values = [one.min, one.mean, one.max];
        Row {
            method: "",
            name: &one.name,
            cells: values
                .map(|value| Cell::figure(reading_text(value, &one.unit)))
                .into(),
        }
    });
    rows.collect()
}

/// The events, each with its time.
pub(super) fn events(run: &RunFile) -> Vec<(String, &str)> {
    let events = run.events.iter();
    events
        .map(|event| (clock_text(event.t_s), &*event.text))
        .collect()
}

/// The totals check, a row a sum: its name, the sum, its parts.
pub(super) fn sums(run: &RunFile) -> Vec<[String; 3]> {
    let Some(counts) = &run.counts else {
        return Vec::new();
    };
    let row = |name: &str, sum: u64, parts: &[(u64, &str)]| {
        let parts = parts.iter();
        let parts: Vec<_> = parts
            .map(|(part, word)| format!("{} {word}", count_text(*part)))
            .collect();
        [name.to_owned(), count_text(sum), parts.join(", ")]
    };
    let mut rows = vec![
        row(
            "Requests started",
            counts.requests_started,
            &[
                (counts.succeeded, "succeeded"),
                (counts.failed, "failed"),
                (counts.in_flight(), "in flight"),
                (counts.cut_off, "cut off"),
            ],
        ),
        row(
            "Tasks started",
            counts.tasks_started,
            &[
                (counts.tasks_succeeded, "succeeded"),
                (counts.tasks_failed, "failed"),
                (counts.tasks_in_flight(), "in flight"),
                (counts.tasks_cut_off, "cut off"),
            ],
        ),
    ];
    // Runs from before plans were told apart.
    if run.deliveries.is_empty() && counts.arrivals_scheduled > 0 {
        rows.push(row(
            "Scheduled task starts",
            counts.arrivals_scheduled,
            &[
                (counts.arrivals_started, "started"),
                (counts.arrivals_waiting(), "waiting"),
                (counts.arrivals_dropped, "dropped"),
            ],
        ));
    }
    for line in &run.deliveries {
        let counts = &line.counts;
        rows.push(row(
            &format!("Scheduled task starts: {}", line.name),
            counts.planned,
            &[
                (counts.started, "started"),
                (counts.dropped(), "dropped"),
                (counts.missed, "missed"),
                (counts.waiting(), "unfinished"),
            ],
        ));
    }
    rows
}

/// Statuses with their counts, in one line.
fn statuses(pairs: &[(u16, u64)]) -> String {
    let words = pairs.iter().map(|(status, times)| {
        let times = count_text(*times);
        match status {
            0 => format!("others: {times}"),
            status => format!("{status}: {times}"),
        }
    });
    words.collect::<Vec<_>>().join(", ")
}
