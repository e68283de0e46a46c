//! All criteria of a run, fed by the aggregator.

use std::time::Duration;

use crate::model::{Criteria, Metric};
use crate::stats::{Counted, Counts, Delays, Interval, grace_us};
use crate::verdict::criteria::evaluator::{Evaluator, length_of};
use crate::verdict::criteria::planned_starts::Patience;
use crate::verdict::criteria::ruling::MovedBy;
use crate::verdict::criteria::tally::Selected;
use crate::verdict::{CriterionLine, Standing};

/// The criteria of a run. Written by the aggregator only.
///
/// Cost: what an interval touched, for each criterion. Memory: fixed by the
/// criteria, as described at their limits in `docs/scenarios.md`.
#[derive(Clone, Debug)]
pub struct CriteriaMonitor {
    gauges: Vec<Evaluator>,
    /// Seconds up to this one are the warm-up.
    after_s: u64,
    /// The second that is open, counted from 1.
    open_s: u64,
    /// The last second in which the load went on in full.
    until_s: u64,
    patience: Patience,
}

/// When it is asked how criteria stand.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Since the start of the run, in seconds.
    pub elapsed_s: f64,
    /// When counting began, in seconds since the start: the last reset, or 0.
    pub counted_from_s: f64,
    /// Whether nothing is counted any more.
    pub ended: bool,
    /// What was counted since then.
    pub counts: &'a Counts,
    /// Generator delay.
    pub delays: &'a Delays,
}

impl CriteriaMonitor {
    /// For these criteria, and what each of them selects.
    #[must_use]
    pub fn new(criteria: &Criteria, selected: &[Selected]) -> Self {
        let list = criteria.list.iter().zip(selected);
        Self {
            gauges: list
                .map(|(criterion, selected)| Evaluator::new(criterion, selected))
                .collect(),
            after_s: whole_seconds(criteria.after),
            open_s: 1,
            until_s: u64::MAX,
            patience: Patience {
                grace_us: grace_us(None),
                ended_us: None,
            },
        }
    }

    /// Takes in an interval of the open second.
    pub fn add(&mut self, interval: &Interval) {
        if self.open_s <= self.after_s || self.gauges.is_empty() {
            return;
        }
        let requests = interval.names.iter();
        let requests = requests.filter(|delta| delta.counted == Counted::InAll);
        let seen = requests.map(|delta| delta.requests).sum();
        for gauge in &mut self.gauges {
            gauge.add(interval, seen);
            gauge.add_starts(interval, (self.after_s, self.open_s));
        }
    }

    /// How long a planned start may wait from now on before it counts as given up.
    pub fn set_grace(&mut self, grace_us: u64) {
        self.patience.grace_us = grace_us;
    }

    /// The second that ends at `end_s` is over. `is_full` says whether it was
    /// counted from its beginning, `reading` what a probe read last, `delays`
    /// how late the generator itself was, that second included.
    pub fn close_second(
        &mut self,
        end_s: u64,
        is_full: bool,
        reading: &dyn Fn(&str) -> Option<f64>,
        delays: &Delays,
    ) {
        self.open_s = end_s + 1;
        if end_s <= self.after_s {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a moment of the run")]
        let ended_s = self.patience.ended_us.map(|us| us as f64 / 1e6);
        let length_s = ended_s.map_or(1.0, |ended_s| length_of(end_s, ended_s));
        for gauge in &mut self.gauges {
            if is_full && end_s <= self.until_s {
                gauge.close(end_s, (self.patience.grace_us, length_s), reading, delays);
            } else {
                gauge.skip(end_s, length_s, delays);
            }
        }
    }

    /// The load ends so many microseconds into the run: what comes after that
    /// is in no window.
    pub fn stop(&mut self, at_us: u64) {
        self.until_s = self.until_s.min(at_us / 1_000_000);
        self.patience.ended_us.get_or_insert(at_us);
    }

    /// Forgets what was counted; the warm-up is not done again.
    pub fn reset(&mut self) {
        for gauge in &mut self.gauges {
            *gauge = gauge.anew();
        }
    }

    /// How each criterion stands, in their order.
    #[must_use]
    pub fn lines(&self, moment: &Moment<'_>) -> Vec<CriterionLine> {
        #[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
        let after_s = self.after_s as f64;
        let seconds = moment.elapsed_s - moment.counted_from_s.max(after_s);
        let is_in_warm_up = self.after_s > 0 && moment.elapsed_s <= after_s;
        let lines = self.gauges.iter();
        let until = (self.open_s, self.patience);
        let line = |gauge: &Evaluator| match gauge.criterion.metric {
            // Users count from the start, in the warm-up as well.
            Metric::UsersFailed => gauge.line(moment, seconds, until),
            _ if moment.ended && is_in_warm_up => gauge.not_reached(self.after_s),
            _ => gauge.line(moment, seconds, until),
        };
        lines.map(line).collect()
    }

    /// The shortest time that a criterion compares with, in microseconds.
    #[must_use]
    pub fn shortest_limit_us(&self) -> Option<f64> {
        let is_time = |gauge: &&Evaluator| matches!(gauge.moved, MovedBy::Delays { .. });
        let times = self.gauges.iter().filter(is_time);
        times.map(|gauge| gauge.criterion.value).reduce(f64::min)
    }

    /// The first criterion that is broken and ends the run.
    #[must_use]
    pub fn aborting(&self, lines: &[CriterionLine]) -> Option<String> {
        let mut pairs = self.gauges.iter().zip(lines);
        let found = pairs
            .find(|(gauge, line)| gauge.criterion.abort && line.standing == Standing::Broken)?;
        Some(found.1.text.clone())
    }
}

/// A warm-up in whole seconds, as seconds are what is closed.
fn whole_seconds(after: Duration) -> u64 {
    after.as_secs() + u64::from(after.subsec_nanos() > 0)
}
