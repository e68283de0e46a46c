//! The answer to `GET /stats/requests`, as Locust 2.4x shapes it.
//!
//! Times are in milliseconds, with fractions where Locust rounds to whole or
//! two digits, so that targets faster than a millisecond do not read 0.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::locust::rounding::millis;
use crate::locust::row::LocustRow;
use crate::model::RunState;
use crate::run::{FailureLine, Snapshot};

/// Rows and kinds of failure in one answer at most, as in Locust.
const MOST: usize = 500;

/// The whole answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatsRequests {
    /// ready, spawning, running, stopping or stopped.
    #[schema(value_type = RunState)]
    pub state: &'static str,
    /// Users running.
    pub user_count: u64,
    /// A row a name, sorted by name and method, at most 500; Aggregated last.
    #[schema(min_items = 1, max_items = 501)]
    pub stats: Vec<StatsEntry>,
    /// Kinds of failure of requests, most frequent first, at most 500.
    #[schema(max_items = 500)]
    pub errors: Vec<StatsError>,
    /// Requests per second over the last few seconds.
    pub current_rps: f64,
    /// Failures per second over the last few seconds.
    pub current_fail_per_sec: f64,
    /// Requests per second over the whole run.
    pub total_rps: f64,
    /// Failures per second over the whole run.
    pub total_fail_per_sec: f64,
    /// Failures by requests, 0 to 1.
    pub fail_ratio: f64,
    /// Percentiles over the last 10 s.
    pub current_response_time_percentiles: CurrentPercentiles,
}

/// Percentiles over the last 10 s, in milliseconds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CurrentPercentiles {
    /// The median.
    #[serde(rename = "response_time_percentile_0.5")]
    pub p50: Option<f64>,
    /// The 95th percentile.
    #[serde(rename = "response_time_percentile_0.95")]
    pub p95: Option<f64>,
}

/// One name, or all of them. Times are in milliseconds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatsEntry {
    /// The method; empty for Aggregated.
    #[schema(value_type = String)]
    pub method: Cow<'static, str>,
    /// The name.
    pub name: String,
    /// Requests, failures included.
    pub num_requests: u64,
    /// Failures.
    pub num_failures: u64,
    /// Shortest.
    pub min_response_time: f64,
    /// Longest.
    pub max_response_time: f64,
    /// Mean.
    pub avg_response_time: f64,
    /// Median.
    pub median_response_time: f64,
    /// Requests per second over the last few seconds.
    pub current_rps: f64,
    /// Failures per second over the last few seconds.
    pub current_fail_per_sec: f64,
    /// Requests per second over the whole run.
    pub total_rps: f64,
    /// Failures per second over the whole run.
    pub total_fail_per_sec: f64,
    /// Mean body size in bytes.
    pub avg_content_length: f64,
    /// The 95th percentile.
    #[serde(rename = "response_time_percentile_0.95")]
    pub p95: f64,
    /// The 99th percentile.
    #[serde(rename = "response_time_percentile_0.99")]
    pub p99: f64,
}

/// One kind of failure of one name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatsError {
    /// The name.
    pub name: String,
    /// The method.
    #[schema(value_type = String)]
    pub method: Cow<'static, str>,
    /// In words.
    pub error: String,
    /// How often.
    pub occurrences: u64,
    /// When first, in Unix seconds.
    pub first_seen: Option<f64>,
    /// When last, in Unix seconds.
    pub last_seen: Option<f64>,
}

impl StatsRequests {
    /// The answer for a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        let tables = &snapshot.tables;
        let aggregated = LocustRow(&tables.aggregated);
        let rows = LocustRow::sorted(tables).into_iter().take(MOST);
        let stats = rows.chain([aggregated]).map(StatsEntry::new).collect();
        #[expect(clippy::cast_precision_loss, reason = "Unix milliseconds are exact")]
        let started_s = snapshot
            .run
            .as_ref()
            .map(|run| run.started_unix_ms as f64 / 1e3);
        let counts = &snapshot.counts;
        let requests = counts.succeeded + counts.failed;
        Self {
            state: snapshot.state.as_str(),
            user_count: snapshot.users,
            stats,
            errors: tables
                .failures
                .iter()
                .filter(|line| !line.is_task())
                .take(MOST)
                .map(|line| StatsError::new(line, started_s))
                .collect(),
            current_rps: snapshot.rates.rps,
            current_fail_per_sec: snapshot.rates.fps,
            total_rps: aggregated.overall().rps,
            total_fail_per_sec: aggregated.overall().fps,
            fail_ratio: ratio(counts.failed, requests),
            current_response_time_percentiles: CurrentPercentiles {
                p50: snapshot.now.service.p50_us.map(millis),
                p95: snapshot.now.service.p95_us.map(millis),
            },
        }
    }
}

impl StatsEntry {
    fn new(row: LocustRow<'_>) -> Self {
        let or_zero = |us: Option<u64>| us.map_or(0.0, millis);
        Self {
            method: row.method.clone(),
            name: row.title().to_owned(),
            num_requests: row.requests,
            num_failures: row.failures,
            min_response_time: row.min_ms().unwrap_or_default(),
            max_response_time: row.max_ms().unwrap_or_default(),
            avg_response_time: row.mean_ms().unwrap_or_default(),
            median_response_time: or_zero(row.latencies.service.p50_us),
            current_rps: row.rates.rps,
            current_fail_per_sec: row.rates.fps,
            total_rps: row.overall().rps,
            total_fail_per_sec: row.overall().fps,
            avg_content_length: row.mean_bytes,
            p95: or_zero(row.latencies.service.p95_us),
            p99: or_zero(row.latencies.service.p99_us),
        }
    }
}

impl StatsError {
    fn new(line: &FailureLine, started_s: Option<f64>) -> Self {
        let unix_s = |at_s: Option<f64>| Some(started_s? + at_s?);
        Self {
            name: line.name.to_string(),
            method: line.method.clone(),
            error: line.text.clone(),
            occurrences: line.count,
            first_seen: unix_s(line.first_s),
            last_seen: unix_s(line.last_s),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
