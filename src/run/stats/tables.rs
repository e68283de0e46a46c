//! The tables of requests and failures.

use std::sync::Arc;

use serde::Serialize;

use crate::model::Outcome;
use crate::program::{Class, Program};
use crate::run::FailureLine;
use crate::run::edits::user_mix::class_rows;
use crate::run::stats::failure_line::failure_lines;
use crate::run::stats::samples::Samples;
use crate::run::stats::stat_row::{Rates, RawFigures, StatRow};
use crate::stats::{Counts, Histogram, NameTotals, NameWindows, PercentileSet, Totals};

/// Requests, failures and counts as they stand. Made once a second.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// A row a name that was requested, in the order of the program.
    pub requests: Vec<StatRow>,
    /// All names together.
    pub aggregated: StatRow,
    /// Failures, most frequent first.
    pub failures: Vec<FailureLine>,
    /// Failures that found no line.
    pub failures_dropped: u64,
    /// The user classes, in the order of the file.
    pub classes: Vec<ClassRow>,
    /// Why users could not start, the latest; `None` where all could.
    pub start_failure: Option<StartFailure>,
    /// Counts that have to add up.
    pub counts: Counts,
}

/// Why a user could not start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StartFailure {
    /// The request of its `on_start` that failed.
    pub request: String,
    /// How.
    pub failure: String,
}

/// A user class and what its users do.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassRow {
    /// Its name.
    pub name: Arc<str>,
    /// The number of running users of this class, by the plan:
    /// fixed counts first, the rest by weight.
    pub users: f64,
    /// Its tasks, in the order of the file.
    pub tasks: Vec<TaskRow>,
}

/// A task and how often it is picked.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRow {
    /// Its name.
    pub name: Arc<str>,
    /// The part of its class's picks that fall on it, 0 to 1, when none is
    /// kept out by a condition. Where one task leads to the next, by weight as
    /// if it did not.
    pub share: f64,
}

/// The sources of the tables, beside the totals.
pub(crate) struct Sources<'a> {
    pub(crate) program: &'a Program,
    pub(crate) totals: &'a Totals,
    pub(crate) samples: &'a Samples,
    /// Rates over the last few seconds, by name
    /// and over all; `None` before the first second and once the run has ended,
    /// when all that was counted counts.
    pub(crate) recent: Option<(Vec<Rates>, Rates)>,
    /// Seconds since the start or the last reset, up to the end of the load.
    pub(super) counted_s: f64,
    /// The same up to the end of the last sample.
    pub(crate) last_s: f64,
    /// Percentiles over the last 10 s, of all names.
    pub(crate) now: PercentileSet,
    /// The same by name, where it is kept.
    pub(super) now_by_name: Option<&'a NameWindows>,
    /// Whether these are the final tables.
    pub(crate) ended: bool,
    /// The classes as they are now.
    pub(crate) classes: &'a [Class],
    /// Users by workload.
    pub(crate) users: Vec<f64>,
}

impl Tables {
    pub(crate) fn new(sources: &Sources<'_>) -> Self {
        let Sources {
            program,
            totals,
            recent,
            samples,
            classes,
            users,
            ..
        } = sources;
        let of_name = |index: usize| {
            recent
                .as_ref()
                .and_then(|(names, _)| names.get(index))
                .copied()
        };
        let of_all = recent.as_ref().map(|(_, all)| *all);
        let names = program.names.iter().zip(&totals.names).enumerate();
        let requests = names
            .filter(|(_, (_, row))| row.requests > 0)
            .map(|(index, (name, totals))| {
                let now = sources.now_by_name;
                let now = now.and_then(|windows| windows.percentiles_us(index));
                let all_us = sources.totals.all.sum_us;
                let row = sources.row(totals, of_name(index));
                row.named(Some(name.kind), &name.name, all_us).with_now(now)
            })
            .collect();
        let aggregated = sources.row(&totals.all, of_all);
        let aggregated = aggregated.aggregated().with_now(Some(sources.now));
        Self {
            requests,
            aggregated,
            failures: failure_lines(program, &totals.failures, samples),
            failures_dropped: totals.failures.dropped(),
            classes: class_rows(classes, users),
            start_failure: totals.start_failure.map(|(id, failure)| StartFailure {
                request: (program.names.get(id.index()))
                    .map(|name| name.name.clone())
                    .unwrap_or_default(),
                failure: program.describe(failure),
            }),
            counts: totals.counts,
        }
    }
}

impl Sources<'_> {
    fn row(&self, totals: &NameTotals, recent: Option<Rates>) -> StatRow {
        let row = StatRow::new(totals, self.counted_s);
        let buckets = |times: Option<&Histogram>| {
            let times = times.filter(|_| self.ended);
            times.map_or_else(Arc::default, |times| times.buckets().collect())
        };
        StatRow {
            rates: recent.unwrap_or(row.raw.total),
            raw: RawFigures {
                to_last: Rates::new(totals.requests, totals.failures, self.last_s),
                buckets_us: buckets(totals.service(Outcome::Any).as_deref()),
                response_buckets_us: buckets(totals.response()),
                ..row.raw
            },
            ..row
        }
    }
}

/// A count as a number to calculate with; exact up to 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "for people; exact far beyond any run"
)]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// Microseconds as seconds.
pub(crate) fn seconds(us: u64) -> f64 {
    float(us) / 1e6
}
