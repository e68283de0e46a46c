//! The tables of requests and failures.

use std::sync::Arc;

use crate::model::{Failure, Outcome, RowKind};
use crate::program::{Class, Program};
use crate::run::edits::user_mix::class_rows;
use crate::run::stats::samples::Samples;
use crate::run::{FailureSample, Latencies};
use crate::stats::{
    Counts, Failures, Histogram, NameTotals, NameWindows, PercentileSet, TimeSummary, Totals,
};

/// Requests, failures and counts as they stand. Made once a second.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// A row a name that was requested, in the order of the program.
    pub requests: Vec<NameRow>,
    /// All names together.
    pub aggregated: NameRow,
    /// Failures, most frequent first.
    pub failures: Vec<FailureLine>,
    /// Failures that found no line.
    pub failures_dropped: u64,
    /// The user classes, in the order of the file.
    pub classes: Vec<ClassRow>,
    /// Counts that have to add up.
    pub counts: Counts,
}

/// One name, or all of them.
#[derive(Clone, Debug, Default)]
pub struct NameRow {
    /// What kind of row; `None` for all.
    pub kind: Option<RowKind>,
    /// The name.
    pub name: Arc<str>,
    /// Samples, failures included.
    pub requests: u64,
    /// Failed samples.
    pub failures: u64,
    /// Samples with a service time: all but those that were not sent.
    pub timed: u64,
    /// Sum of service times.
    pub sum_us: u64,
    /// Percentiles of both kinds of time.
    pub latencies: Latencies,
    /// Service times of the shares of samples in [`LADDER`](crate::stats::LADDER).
    pub ladder_us: PercentileSet,
    /// The same over the last 10 s; `None` where it is not kept: by name only
    /// if the run asks for it.
    pub now_ladder_us: Option<PercentileSet>,
    /// Service times as (lowest of the bucket in microseconds, count), once
    /// the run has ended; empty while it goes on.
    pub buckets_us: Vec<(u64, u64)>,
    /// Response times, where starts are planned; `None` without any.
    pub response: Option<TimeSummary>,
    /// Response times by bucket, as `buckets_us`.
    pub response_buckets_us: Vec<(u64, u64)>,
    /// Mean service time.
    pub mean_us: Option<f64>,
    /// Shortest service time.
    pub min_us: Option<u64>,
    /// Longest service time.
    pub max_us: Option<u64>,
    /// Mean size of a body.
    pub mean_bytes: f64,
    /// Samples per second over the last few seconds; over the whole run once it ended.
    pub rps: f64,
    /// Failed samples per second over the last few seconds.
    pub fps: f64,
    /// Samples per second over the whole run.
    pub total_rps: f64,
    /// Failed samples per second over the whole run.
    pub total_fps: f64,
    /// All samples per second from the start to the end of the run's last one.
    pub rps_to_last: f64,
    /// All failed samples per second, likewise.
    pub fps_to_last: f64,
    /// The part of all service time spent here, 0 to 1; 0 for a group.
    pub share: f64,
    /// Answers by status.
    pub statuses: Vec<(u16, u64)>,
    /// Mean phases in microseconds: resolve, connect, TLS, first byte, transfer.
    pub phases_us: [f64; 5],
}

/// One kind of failure of one name.
#[derive(Clone, Debug)]
pub struct FailureLine {
    /// Whose failure.
    pub row: RowKind,
    /// The name.
    pub name: Arc<str>,
    /// What kind.
    pub failure: Failure,
    /// In words.
    pub text: String,
    /// How often.
    pub count: u64,
    /// When first, in seconds since the start.
    pub first_s: f64,
    /// When last, in seconds since the start.
    pub last_s: f64,
    /// The first of them, with what their answers said, the earliest first.
    pub samples: Vec<Arc<FailureSample>>,
}

/// A user class and what its users do.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassRow {
    /// Its name.
    pub name: Arc<str>,
    /// How many of the users that run now are of this class, by the plan:
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

/// Requests and failures per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rates {
    pub(crate) rps: f64,
    pub(crate) fps: f64,
}

/// What rows are made from, beside the totals.
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
    /// The ladder over the last 10 s, of all names.
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
            .map(|(index, (name, row))| NameRow {
                kind: Some(name.kind),
                name: name.name.as_str().into(),
                share: sources.share(name.kind, row),
                now_ladder_us: (sources.now_by_name).and_then(|windows| windows.ladder_us(index)),
                ..sources.row(row, of_name(index))
            })
            .collect();
        let aggregated = NameRow {
            name: "Aggregated".into(),
            share: if totals.all.sum_us > 0 { 1.0 } else { 0.0 },
            now_ladder_us: Some(sources.now),
            ..sources.row(&totals.all, of_all)
        };
        Self {
            requests,
            aggregated,
            failures: failure_lines(program, &totals.failures, samples),
            failures_dropped: totals.failures.dropped(),
            classes: class_rows(classes, users),
            counts: totals.counts,
        }
    }
}

impl Sources<'_> {
    /// The part of all service time spent in a row; a group's is in its requests.
    fn share(&self, kind: RowKind, row: &NameTotals) -> f64 {
        let all_us = self.totals.all.sum_us;
        match kind {
            RowKind::Request(_) if all_us > 0 => float(row.sum_us) / float(all_us),
            _ => 0.0,
        }
    }

    fn row(&self, totals: &NameTotals, recent: Option<Rates>) -> NameRow {
        let to_last = |count: u64| per_second(count, self.last_s);
        let buckets = |times: Option<&Histogram>| {
            let times = times.filter(|_| self.ended);
            times.map_or_else(Vec::new, |times| times.buckets().collect())
        };
        NameRow {
            rps_to_last: to_last(totals.requests),
            fps_to_last: to_last(totals.failures),
            buckets_us: buckets(totals.service(Outcome::Any).as_deref()),
            response_buckets_us: buckets(totals.response()),
            ..NameRow::new(totals, self.counted_s, recent)
        }
    }
}

impl NameRow {
    /// The row of what was counted in so many seconds. Rates are `recent`, if
    /// there are any, else those over all of it.
    pub(crate) fn new(totals: &NameTotals, counted_s: f64, recent: Option<Rates>) -> Self {
        let per = |sum: u64, count: u64| {
            if count > 0 {
                float(sum) / float(count)
            } else {
                0.0
            }
        };
        let per_second = |count: u64| per_second(count, counted_s);
        let total = Rates {
            rps: per_second(totals.requests.saturating_sub(totals.late_requests)),
            fps: per_second(totals.failures.saturating_sub(totals.late_failures)),
        };
        let now = recent.unwrap_or(total);
        let all = totals.service(Outcome::Any);
        Self {
            requests: totals.requests,
            failures: totals.failures,
            timed: totals.timed,
            sum_us: totals.sum_us,
            latencies: Latencies {
                service: (all
                    .as_deref()
                    .map(Histogram::percentiles)
                    .unwrap_or_default())
                .at_most(totals.max_us),
                response: totals.response_percentiles(),
            },
            ladder_us: (all.as_deref())
                .map(|all| all.ladder_us(totals.max_us))
                .unwrap_or_default(),
            response: totals.response().and_then(Histogram::summary),
            mean_us: totals.mean_us(),
            min_us: totals.min_us,
            max_us: totals.max_us,
            mean_bytes: per(totals.bytes, totals.requests),
            rps: now.rps,
            fps: now.fps,
            total_rps: total.rps,
            total_fps: total.fps,
            statuses: totals.statuses.pairs().to_vec(),
            phases_us: totals.phases_us.map(|sum| per(sum, totals.timed)),
            ..Self::default()
        }
    }
}

/// How many a second; 0 in no time at all.
pub(crate) fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        float(count) / seconds
    } else {
        0.0
    }
}

/// Failures in words, most frequent first.
pub(super) fn failure_lines(
    program: &Program,
    failures: &Failures,
    samples: &Samples,
) -> Vec<FailureLine> {
    let sorted = failures.sorted().into_iter();
    let lines = sorted.filter_map(|(id, failure, row)| {
        let name = program.names.get(id.index())?;
        Some(FailureLine {
            row: name.kind,
            name: name.name.as_str().into(),
            failure,
            text: program.describe(failure),
            count: row.count,
            first_s: seconds(row.first_us),
            last_s: seconds(row.last_us),
            samples: samples.of(id, failure).to_vec(),
        })
    });
    lines.collect()
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
