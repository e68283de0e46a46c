use std::sync::Arc;

use serde::Serialize;

use crate::model::RowKind;
use crate::run::{FailureLine, FailureSample, NameRow, Tables};
use crate::stats::Counts;
use crate::verdict::PlanLine;

use super::delivery::PlanBody;
use crate::web::live::messages::latencies::{LatenciesBody, rounded};

/// Requests, failures and counts, once a second.
#[derive(Debug, Serialize)]
pub(crate) struct TablesBody {
    requests: Vec<RowBody>,
    aggregated: RowBody,
    failures: Vec<FailureBody>,
    failures_dropped: u64,
    counts: CountsBody,
    /// Every plan of task starts, and what became of it.
    plans: Vec<PlanBody>,
}

#[derive(Debug, Serialize)]
pub(super) struct RowBody {
    method: &'static str,
    name: String,
    requests: u64,
    failures: u64,
    #[serde(flatten)]
    latencies: LatenciesBody,
    mean_us: Option<f64>,
    min_us: Option<u64>,
    max_us: Option<u64>,
    response_mean_us: Option<f64>,
    response_min_us: Option<u64>,
    response_max_us: Option<u64>,
    mean_bytes: f64,
    rps: f64,
    fps: f64,
    share: f64,
    statuses: Vec<(u16, u64)>,
    phases: PhasesBody,
}

#[derive(Debug, Serialize)]
struct PhasesBody {
    resolve_us: f64,
    connect_us: f64,
    tls_us: f64,
    first_byte_us: f64,
    transfer_us: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct FailureBody {
    method: &'static str,
    name: String,
    kind: &'static str,
    text: String,
    count: u64,
    first_s: f64,
    last_s: f64,
    samples: Vec<Arc<FailureSample>>,
}

#[derive(Debug, Serialize)]
struct CountsBody {
    users_without_row: u64,
    tasks_started: u64,
    tasks_succeeded: u64,
    tasks_failed: u64,
    tasks_in_flight: u64,
    tasks_cut_off: u64,
    tasks_missed: u64,
    arrivals_scheduled: u64,
    arrivals_started: u64,
    arrivals_waiting: u64,
    arrivals_dropped: u64,
    requests_started: u64,
    succeeded: u64,
    failed: u64,
    in_flight: u64,
    cut_off: u64,
    exchanges: u64,
    connections_opened: u64,
    connections_replaced: u64,
    streams_refused: u64,
}

impl TablesBody {
    pub(crate) fn new(tables: &Tables, plans: &[PlanLine]) -> Self {
        Self {
            requests: tables.requests.iter().map(RowBody::new).collect(),
            aggregated: RowBody::new(&tables.aggregated),
            failures: tables.failures.iter().map(FailureBody::new).collect(),
            failures_dropped: tables.failures_dropped,
            counts: CountsBody::new(&tables.counts),
            plans: plans.iter().map(PlanBody::new).collect(),
        }
    }
}

impl RowBody {
    pub(super) fn new(row: &NameRow) -> Self {
        let [resolve_us, connect_us, tls_us, first_byte_us, transfer_us] =
            row.phases_us.map(rounded);
        let response = row.response.as_ref();
        Self {
            method: row.kind.map_or("", RowKind::as_str),
            name: row.name.to_string(),
            requests: row.requests,
            failures: row.failures,
            latencies: LatenciesBody::new(&row.latencies),
            mean_us: row.mean_us.map(rounded),
            min_us: row.min_us,
            max_us: row.max_us,
            response_mean_us: response.map(|times| rounded(times.mean_us)),
            response_min_us: response.map(|times| times.min_us),
            response_max_us: response.map(|times| times.max_us),
            mean_bytes: rounded(row.mean_bytes),
            rps: rounded(row.rps),
            fps: rounded(row.fps),
            share: row.share,
            statuses: row.statuses.clone(),
            phases: PhasesBody {
                resolve_us,
                connect_us,
                tls_us,
                first_byte_us,
                transfer_us,
            },
        }
    }
}

impl FailureBody {
    pub(super) fn new(line: &FailureLine) -> Self {
        Self {
            method: line.row.as_str(),
            name: line.name.to_string(),
            kind: line.failure.kind(),
            text: line.text.clone(),
            count: line.count,
            first_s: line.first_s,
            last_s: line.last_s,
            samples: line.samples.clone(),
        }
    }
}

impl CountsBody {
    fn new(counts: &Counts) -> Self {
        Self {
            users_without_row: counts.users_without_row,
            tasks_started: counts.tasks_started,
            tasks_succeeded: counts.tasks_succeeded,
            tasks_failed: counts.tasks_failed,
            tasks_in_flight: counts.tasks_in_flight(),
            tasks_cut_off: counts.tasks_cut_off,
            tasks_missed: counts.tasks_missed,
            arrivals_scheduled: counts.arrivals_scheduled,
            arrivals_started: counts.arrivals_started,
            arrivals_waiting: counts.arrivals_waiting(),
            arrivals_dropped: counts.arrivals_dropped,
            requests_started: counts.requests_started,
            succeeded: counts.succeeded,
            failed: counts.failed,
            in_flight: counts.in_flight(),
            cut_off: counts.cut_off,
            exchanges: counts.exchanges,
            connections_opened: counts.connections_opened,
            connections_replaced: counts.connections_replaced,
            streams_refused: counts.streams_refused,
        }
    }
}
