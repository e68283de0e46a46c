use serde::Serialize;

use crate::run::{FailureLine, StatRow, Tables};
use crate::stats::Counts;
use crate::verdict::PlanLine;

use super::delivery::PlanBody;

/// Requests, failures and counts, once a second.
#[derive(Debug, Serialize)]
pub(crate) struct TablesBody {
    requests: Vec<StatRow>,
    aggregated: StatRow,
    failures: Vec<FailureLine>,
    failures_dropped: u64,
    counts: CountsBody,
    /// Every plan of task starts, and what became of it.
    plans: Vec<PlanBody>,
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
            failures: tables.failures.clone(),
            failures_dropped: tables.failures_dropped,
            counts: CountsBody::new(&tables.counts),
            plans: plans.iter().map(PlanBody::new).collect(),
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
