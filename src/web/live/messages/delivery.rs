use serde::Serialize;

use crate::stats::Delivery;
use crate::verdict::{PlanKind, PlanLine};

/// What was planned of task starts, and what became of it.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryBody {
    planned: u64,
    started: u64,
    dropped: u64,
    missed: u64,
    waiting: u64,
    /// The part that was delivered, 0 to 1; `null` of nothing.
    delivered: Option<f64>,
}

/// A plan of task starts.
#[derive(Debug, Serialize)]
pub(super) struct PlanBody {
    /// The user classes that it is about.
    name: String,
    /// `arrivals` or `pacing`.
    kind: &'static str,
    #[serde(flatten)]
    delivery: DeliveryBody,
    dropped_queue: u64,
    dropped_stop: u64,
    dropped_script: u64,
    by_max_rps: u64,
    by_on_start: u64,
}

impl DeliveryBody {
    /// All plans together; `None` without any.
    pub(super) fn of_all(lines: &[PlanLine]) -> Option<Self> {
        let sum = lines.iter().map(|line| &line.counts).sum();
        (!lines.is_empty()).then(|| Self::new(&sum))
    }

    fn new(counts: &Delivery) -> Self {
        Self {
            planned: counts.planned,
            started: counts.started,
            dropped: counts.dropped(),
            missed: counts.missed,
            waiting: counts.waiting(),
            delivered: counts.delivered(),
        }
    }
}

impl PlanBody {
    pub(super) fn new(line: &PlanLine) -> Self {
        let counts = &line.counts;
        Self {
            name: line.name.clone(),
            kind: match line.kind {
                PlanKind::Arrivals { .. } => "arrivals",
                PlanKind::Pacing => "pacing",
            },
            delivery: DeliveryBody::new(counts),
            dropped_queue: counts.dropped_queue,
            dropped_stop: counts.dropped_stop,
            dropped_script: counts.dropped_script,
            by_max_rps: counts.by_max_rps,
            by_on_start: counts.by_on_start,
        }
    }
}
