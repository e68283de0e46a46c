//! Locust's CSV files as a run file, so that runs that Locust made, and tables
//! in the shape that the load testing guide shows, can be reported on too.

use crate::model::RunState;
use crate::report::csv_table::{Line, Table};
use crate::report::{LoadLine, RunFile, RunLine, SCHEMA};
use crate::run::{FailureLine, Latencies, Rates, StatRow};
use crate::stats::{PercentileSet, Percentiles, Row};

/// A CSV file: its name, for messages, and its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvFile {
    /// The path, as people know it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// The files of a run that share a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvFiles {
    /// The prefix without folders: what the run is called.
    pub prefix: String,
    /// `PREFIX_stats.csv`.
    pub stats: CsvFile,
    /// `PREFIX_failures.csv`, if it is there.
    pub failures: Option<CsvFile>,
    /// `PREFIX_stats_history.csv`, if it is there.
    pub history: Option<CsvFile>,
}

/// An error in a CSV file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// It is no CSV, or no text.
    #[error("{file} is not valid CSV: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A column without which nothing can be said is missing.
    #[error("{file}: no column `{column}` in line 1; is it a *_stats.csv from Locust's --csv?")]
    NoColumn {
        /// The file.
        file: String,
        /// The column, under each of its names.
        column: String,
    },
    /// Something else where a number belongs.
    #[error("{file}: line {line}: `{found}` in column `{column}` is not a number")]
    NotANumber {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        found: String,
    },
}

const NAME: &[&str] = &["Name"];
const REQUESTS: &[&str] = &["Request Count", "# requests"];
const FAILURES: &[&str] = &["Failure Count", "# failures"];
const MEDIAN: &[&str] = &["Median Response Time", "50%"];
const MEAN: &[&str] = &["Average Response Time"];
const MIN: &[&str] = &["Min Response Time"];
const MAX: &[&str] = &["Max Response Time", "100%"];
/// The columns of percentiles, in the order of [`PERCENTILES`](crate::stats::PERCENTILES).
const PERCENTILE_COLUMNS: [&str; 11] = [
    "50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%",
];
/// Locust's line of sums.
const AGGREGATED: &str = "Aggregated";

/// Makes a run file of what the files tell. Nothing is judged: they say nothing
/// of criteria.
///
/// # Errors
/// The first thing in them that cannot be understood, with file and line.
pub fn import_csv(files: &CsvFiles) -> Result<RunFile, CsvError> {
    let table = Table::read(&files.stats)?;
    table.need(NAME)?;
    table.need(REQUESTS)?;
    let mut requests = Vec::new();
    let mut aggregated = None;
    for line in table.lines() {
        let row = request(&line)?;
        if row.method.is_empty() && &*row.name == AGGREGATED {
            aggregated = Some(row);
        } else if !row.name.is_empty() {
            requests.push(row);
        }
    }
    let history = files.history.as_ref().map(history).transpose()?;
    let history = history.unwrap_or_default();
    let failures = files.failures.as_ref().map(failures).transpose()?;
    let aggregated = aggregated.unwrap_or_else(|| sum(&requests));
    // What took longest in all comes to the share of all.
    share(&mut requests);
    let elapsed_s = elapsed(&aggregated, &history);
    Ok(RunFile {
        schema: SCHEMA,
        made_by: "Locust's CSV files".to_owned(),
        run: RunLine {
            id: String::new(),
            scenario: files.prefix.clone(),
            description: String::new(),
            text: String::new(),
            host: String::new(),
            protocols: Vec::new(),
            profile: String::new(),
            state: RunState::Stopped,
            started_unix_ms: history.start_s.map(|start_s| start_s.saturating_mul(1_000)),
            ended_unix_ms: history.end_s.map(|end_s| end_s.saturating_mul(1_000)),
            elapsed_s,
        },
        load: LoadLine {
            peak_users: history.rows.iter().map(|row| row.users).max(),
            ..LoadLine::default()
        },
        classes: Vec::new(),
        judgement: None,
        counts: None,
        deliveries: Vec::new(),
        aggregated,
        requests,
        failures: failures.unwrap_or_default(),
        failures_dropped: 0,
        series: history.rows,
        capacity: None,
        events: Vec::new(),
        events_dropped: 0,
        readings: Vec::new(),
        readings_dropped: 0,
        environment: None,
    })
}

fn request(line: &Line<'_>) -> Result<StatRow, CsvError> {
    let (method, name) = method_and_name(line);
    let mut percentiles_us: PercentileSet = PercentileSet::default();
    for (us, column) in percentiles_us.iter_mut().zip(PERCENTILE_COLUMNS) {
        *us = line.millis(&[column])?;
    }
    let requests = line.count(REQUESTS)?;
    let known = requests > 0;
    let service = Percentiles {
        p50_us: line.millis(MEDIAN)?.filter(|_| known),
        p95_us: percentiles_us[5],
        p99_us: percentiles_us[7],
    };
    Ok(StatRow {
        method: method.into(),
        name: name.into(),
        requests,
        failures: line.count(FAILURES)?,
        latencies: Latencies {
            service,
            response: Percentiles::default(),
        },
        percentiles_us,
        mean_us: line.number(MEAN)?.filter(|_| known).map(|ms| ms * 1e3),
        min_us: line.millis(MIN)?.filter(|_| known),
        max_us: line.millis(MAX)?.filter(|_| known),
        mean_bytes: line.number(&["Average Content Size"])?.unwrap_or(0.0),
        rates: Rates {
            rps: line.number(&["Requests/s"])?.unwrap_or(0.0),
            fps: line.number(&["Failures/s"])?.unwrap_or(0.0),
        },
        ..StatRow::default()
    })
}

/// The method in a column of its own, or before the name, as the guide has it.
fn method_and_name(line: &Line<'_>) -> (String, String) {
    let name = line.text(NAME);
    let method = line.text(&["Type", "Method"]);
    if method.is_empty()
        && let Some((first, rest)) = name.split_once(' ')
        && !rest.trim().is_empty()
        && first.chars().all(|c| c.is_ascii_uppercase())
    {
        return (first.to_owned(), rest.trim().to_owned());
    }
    (method.to_owned(), name.to_owned())
}

/// All lines together, where the file has no line of sums. Percentiles cannot
/// be added up, so there are none.
#[expect(clippy::cast_precision_loss, reason = "a mean for people")]
fn sum(requests: &[StatRow]) -> StatRow {
    let total: u64 = requests
        .iter()
        .fold(0, |sum, row| sum.saturating_add(row.requests));
    let weighted = requests
        .iter()
        .filter_map(|row| row.mean_us.map(|mean| mean * row.requests as f64));
    let time_us: f64 = weighted.sum();
    StatRow {
        name: AGGREGATED.into(),
        requests: total,
        failures: requests
            .iter()
            .fold(0, |sum, row| sum.saturating_add(row.failures)),
        mean_us: (total > 0).then(|| time_us / total as f64),
        min_us: requests.iter().filter_map(|row| row.min_us).min(),
        max_us: requests.iter().filter_map(|row| row.max_us).max(),
        rates: Rates {
            rps: requests.iter().map(|row| row.rates.rps).sum(),
            fps: requests.iter().map(|row| row.rates.fps).sum(),
        },
        share: 1.0,
        ..StatRow::default()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn share(requests: &mut [StatRow]) {
    let time_us = |row: &StatRow| row.mean_us.unwrap_or(0.0) * row.requests as f64;
    let all: f64 = requests.iter().map(time_us).sum();
    for row in requests {
        row.share = if all > 0.0 { time_us(row) / all } else { 0.0 };
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds for people")]
fn elapsed(aggregated: &StatRow, history: &History) -> f64 {
    if let (Some(start_s), Some(end_s)) = (history.start_s, history.end_s) {
        return end_s.saturating_sub(start_s) as f64;
    }
    // The rate is over the whole run.
    if aggregated.rates.rps > 0.0 {
        return aggregated.requests as f64 / aggregated.rates.rps;
    }
    0.0
}

fn failures(file: &CsvFile) -> Result<Vec<FailureLine>, CsvError> {
    let table = Table::read(file)?;
    table.need(NAME)?;
    let lines = table.lines().map(|line| {
        let (method, name) = method_and_name(&line);
        Ok(FailureLine {
            method: method.into(),
            name: name.into(),
            text: line.text(&["Error"]).to_owned(),
            count: line.count(&["Occurrences"])?,
            ..FailureLine::default()
        })
    });
    let mut failures = lines.collect::<Result<Vec<_>, CsvError>>()?;
    failures.sort_by_key(|line| std::cmp::Reverse(line.count));
    Ok(failures)
}

/// The run over time.
#[derive(Debug, Default)]
struct History {
    rows: Vec<Row>,
    start_s: Option<u64>,
    end_s: Option<u64>,
}

/// Reads the lines of sums of the history. Locust's percentiles there are since
/// the start, unless it was asked for the full history, so that they say little
/// of their second; what it counted in a second is exact.
fn history(file: &CsvFile) -> Result<History, CsvError> {
    let table = Table::read(file)?;
    let mut history = History::default();
    let mut before: Option<(u64, u64, u64)> = None;
    for line in table.lines().filter(|line| line.text(NAME) == AGGREGATED) {
        let at_s = line.count(&["Timestamp", "Time"])?;
        let requests = line.count(&["Total Request Count"])?;
        let failures = line.count(&["Total Failure Count"])?;
        let (then_s, had, failed) = before.unwrap_or((at_s.saturating_sub(1), 0, 0));
        before = Some((at_s, requests, failures));
        let start_s = *history.start_s.get_or_insert(then_s);
        history.end_s = Some(at_s.max(start_s));
        if at_s <= then_s {
            continue;
        }
        history.rows.push(Row {
            end_s: at_s.saturating_sub(start_s),
            width_s: at_s - then_s,
            requests: requests.saturating_sub(had),
            failures: failures.saturating_sub(failed),
            service: Percentiles {
                p50_us: line.millis(&["50%"])?,
                p95_us: line.millis(&["95%"])?,
                p99_us: line.millis(&["99%"])?,
            },
            users: line.count(&["User Count"])?,
            ..Row::default()
        });
    }
    Ok(history)
}
