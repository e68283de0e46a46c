use std::sync::Arc;

use serde::Serialize;

use crate::run::{FailureLine, FailureSample, StatRow, Tables};
use crate::stats::Counts;
use crate::verdict::PlanLine;

use super::delivery::PlanBody;

/// Requests, failures and counts, once a second.
#[derive(Debug, Serialize)]
pub(crate) struct TablesBody {
    requests: Vec<StatRow>,
    aggregated: StatRow,
    failures: Vec<FailureBody>,
    failures_dropped: u64,
    counts: CountsBody,
    /// Every plan of task starts, and what became of it.
    plans: Vec<PlanBody>,
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

/// Counts, and what follows from them.
#[derive(Debug, Serialize)]
struct CountsBody {
    #[serde(flatten)]
    counts: Counts,
    tasks_in_flight: u64,
    arrivals_waiting: u64,
    in_flight: u64,
}

impl TablesBody {
    pub(crate) fn new(tables: &Tables, plans: &[PlanLine]) -> Self {
        Self {
            requests: tables.requests.clone(),
            aggregated: tables.aggregated.clone(),
            failures: tables.failures.iter().map(FailureBody::new).collect(),
            failures_dropped: tables.failures_dropped,
            counts: CountsBody::new(&tables.counts),
            plans: plans.iter().map(PlanBody::new).collect(),
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
            counts: *counts,
            tasks_in_flight: counts.tasks_in_flight(),
            arrivals_waiting: counts.arrivals_waiting(),
            in_flight: counts.in_flight(),
        }
    }
}
