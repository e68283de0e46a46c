use crate::stats::{Readings, Row};
use crate::verdict::{DeliveryRule, Evidence, PlanLine, soundness};

/// What a run is diagnosed from.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Totals and names.
    pub evidence: Evidence<'a>,
    /// Closed seconds and coarser stretches, oldest first; the opening of the
    /// run in seconds, for saturation shows there.
    pub rows: &'a [Row],
    /// What probes have read.
    pub readings: &'a Readings,
    /// The target's base address, like `http://localhost:8000`.
    pub host: &'a str,
    /// The part of its time for which the busiest shard computed, 0 to 1, while
    /// the load was on; `None` where that is not known.
    pub busiest_shard: Option<f64>,
    /// What was planned, and what became of it.
    pub deliveries: &'a [PlanLine],
    /// By what that is judged.
    pub delivery_rule: DeliveryRule,
}

/// From this part of its time on a shard has none to spare.
const FULL: f64 = 0.95;

impl Case<'_> {
    /// Whether the generator had no processor time to spare.
    pub(super) fn generator_is_full(&self) -> bool {
        self.busiest_shard.is_some_and(|share| share >= FULL)
    }

    /// Whether the times that were measured are the target's.
    pub(super) fn times_are_the_targets(&self) -> bool {
        let own = soundness(&self.evidence).is_some_and(|why| why.id.starts_with("generator."));
        !own && !self.generator_is_full()
    }

    /// Answers of all requests.
    pub(super) fn answers(&self) -> u64 {
        self.evidence.totals.all.statuses.count(|_| true)
    }
}
