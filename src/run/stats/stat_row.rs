//! One row of the statistics, as tables, messages and run files have it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Outcome, PhaseMeans, RowKind, rounded, serialize_rounded};
use crate::run::Latencies;
use crate::run::stats::tables::float;
use crate::stats::{Histogram, NameTotals, PercentileSet, TimeSummary};

/// One name, or all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatRow {
    /// The method; `GROUP` for a group of steps, empty for all names together.
    pub method: Cow<'static, str>,
    /// The name.
    pub name: Arc<str>,
    /// Samples, failures included.
    pub requests: u64,
    /// Failed samples.
    pub failures: u64,
    /// Percentiles of both kinds of time.
    #[serde(flatten)]
    pub latencies: Latencies,
    /// Service times of the shares of samples in [`PERCENTILES`](crate::stats::PERCENTILES).
    #[serde(alias = "ladder_us")]
    pub percentiles_us: PercentileSet,
    /// Mean service time.
    #[serde(serialize_with = "serialize_rounded")]
    pub mean_us: Option<f64>,
    /// Shortest service time.
    pub min_us: Option<u64>,
    /// Longest service time.
    pub max_us: Option<u64>,
    /// Response times (with queueing); `None` where no start was planned.
    pub response: Option<TimeSummary>,
    /// Mean size of a body.
    #[serde(serialize_with = "serialize_rounded")]
    pub mean_bytes: f64,
    /// Over the last few seconds; over the whole run once it has ended, and in run files.
    #[serde(flatten)]
    pub rates: Rates,
    /// The part of all service time spent here, 0 to 1; 0 for a group.
    pub share: f64,
    /// Responses by status.
    pub statuses: Vec<(u16, u64)>,
    /// Mean phases; `None` where they were not measured.
    pub phases: Option<PhaseMeans>,
    /// The figures it was made from.
    #[serde(skip)]
    pub raw: RawFigures,
}

/// Further figures of a row, for Locust's files and monitoring systems.
/// Clones are cheap: messages and run files are made from copies of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawFigures {
    /// Samples with a service time: all but those that were not sent.
    pub timed: u64,
    /// Sum of service times.
    pub sum_us: u64,
    /// Service times as (lowest of the bucket in microseconds, count), once
    /// the run has ended; empty before.
    pub buckets_us: Arc<[(u64, u64)]>,
    /// Response times by bucket, likewise.
    pub response_buckets_us: Arc<[(u64, u64)]>,
    /// Percentiles of the last 10 s; `None` where they are not kept: by name
    /// only if the run asks for it.
    pub now_percentiles_us: Option<PercentileSet>,
    /// Over the whole run.
    pub total: Rates,
    /// From the start to the end of the run's last sample, late ones included.
    pub to_last: Rates,
}

/// Samples and failed samples per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// Samples, failures included.
    #[serde(serialize_with = "serialize_rounded")]
    pub rps: f64,
    /// Failed samples.
    #[serde(serialize_with = "serialize_rounded")]
    pub fps: f64,
}

impl Rates {
    pub(crate) fn new(requests: u64, failures: u64, seconds: f64) -> Self {
        Self {
            rps: per_second(requests, seconds),
            fps: per_second(failures, seconds),
        }
    }

    /// Of what was counted in so many seconds, but for what came after the load.
    pub(crate) fn of(totals: &NameTotals, seconds: f64) -> Self {
        let requests = totals.requests.saturating_sub(totals.late_requests);
        let failures = totals.failures.saturating_sub(totals.late_failures);
        Self::new(requests, failures, seconds)
    }
}

impl StatRow {
    /// The row of what was counted in so many seconds; its rates are over all of them.
    pub(crate) fn new(totals: &NameTotals, counted_s: f64) -> Self {
        let per = |sum: u64, count: u64| match count {
            0 => 0.0,
            _ => float(sum) / float(count),
        };
        let total = Rates::of(totals, counted_s);
        let all = totals.service(Outcome::Any);
        let all = all.as_deref();
        Self {
            requests: totals.requests,
            failures: totals.failures,
            latencies: Latencies {
                service: (all.map(Histogram::percentiles).unwrap_or_default())
                    .at_most(totals.max_us),
                response: totals.response_percentiles(),
            },
            percentiles_us: all
                .map(|all| all.percentiles_us(totals.max_us))
                .unwrap_or_default(),
            response: totals.response().and_then(Histogram::summary),
            mean_us: totals.mean_us(),
            min_us: totals.min_us,
            max_us: totals.max_us,
            mean_bytes: per(totals.bytes, totals.requests),
            rates: total,
            statuses: totals.statuses.pairs().to_vec(),
            phases: Some(
                totals
                    .phases_us
                    .map(|sum| rounded(per(sum, totals.timed)))
                    .into(),
            ),
            raw: RawFigures {
                timed: totals.timed,
                sum_us: totals.sum_us,
                total,
                ..RawFigures::default()
            },
            ..Self::default()
        }
    }

    /// The row of a name, of which `all_us` is the service time of all names. A
    /// group has no share: its time is in its requests.
    pub(crate) fn named(self, kind: Option<RowKind>, name: &str, all_us: u64) -> Self {
        let is_request = kind.is_none_or(RowKind::is_request);
        let share = match all_us {
            1.. if is_request => float(self.raw.sum_us) / float(all_us),
            _ => 0.0,
        };
        Self {
            method: kind.map_or("", RowKind::as_str).into(),
            name: name.into(),
            share,
            ..self
        }
    }

    /// The row of all names together.
    pub(crate) fn aggregated(self) -> Self {
        let all_us = self.raw.sum_us;
        self.named(None, "Aggregated", all_us)
    }

    /// The row with percentiles of the last 10 s.
    pub(crate) fn with_now(mut self, now_us: Option<PercentileSet>) -> Self {
        self.raw.now_percentiles_us = now_us;
        self
    }

    /// The row for a run file: rates over the whole run.
    pub(crate) fn over_whole_run(&self) -> Self {
        Self {
            rates: self.raw.total,
            raw: RawFigures::default(),
            ..self.clone()
        }
    }

    /// Whether it is about requests, and not about a group of steps or all names.
    #[must_use]
    pub fn is_request(&self) -> bool {
        let others = [RowKind::Group, RowKind::Task].map(RowKind::as_str);
        !self.method.is_empty() && !others.contains(&&*self.method)
    }

    /// The share of samples that did not fail, 0 to 1; `None` without any.
    #[must_use]
    pub fn success(&self) -> Option<f64> {
        let good = self.requests.saturating_sub(self.failures);
        (self.requests > 0).then(|| float(good) / float(self.requests))
    }

    /// Method and name, as people read them.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.method, self.name).trim().to_owned()
    }
}

/// The rate per second; 0 in no time at all.
fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        float(count) / seconds
    } else {
        0.0
    }
}
