//! The figure of a metric over a stretch, and whether it can be judged.

use crate::model::{Clocked, Criterion, Metric, Outcome, Portion, Selector};
use crate::verdict::criteria::chance::{Doubt, is_missed_for_sure, share_that_may_miss};
use crate::verdict::criteria::tally::{Gathered, WindowTally};
use crate::verdict::findings::wording::float;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figure {
    /// In the unit of the metric; `None` where nothing was measured.
    pub(super) value: Option<f64>,
    /// Samples that it rests on.
    pub(super) has: u64,
    /// Samples that it needs to say something.
    pub(super) needs: u64,
    /// Whether it is 0, and not absent, where nothing happened.
    is_count: bool,
    /// Of too few samples those that miss the value, where they are more than
    /// chance explains.
    pub(super) sure_misses: Option<u64>,
}

/// Samples beyond a percentile that make it say something.
const BEYOND: f64 = 10.0;

/// Which part of a run a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it: if nothing was requested, nothing was measured.
    Whole,
    /// A stretch, in which no requests can be what is measured.
    CriterionWindow,
}

impl Extent {
    fn doubt(self) -> Doubt {
        match self {
            Self::Whole => Doubt::Once,
            Self::CriterionWindow => Doubt::Often,
        }
    }
}

impl Figure {
    /// A count, where so many others show that something was counted.
    pub(super) fn count(value: f64, has: u64, needs: u64) -> Self {
        Self {
            value: Some(value),
            has,
            needs,
            is_count: true,
            sure_misses: None,
        }
    }

    /// A figure that rests on so many samples of those that it needs.
    pub(super) fn of(value: Option<f64>, has: u64, needs: u64) -> Self {
        Self {
            value,
            has,
            needs,
            is_count: false,
            sure_misses: None,
        }
    }

    /// Whether it passes; `None` where it cannot be judged. Nothing that
    /// happened is enough to miss a count that was asked for, but not enough
    /// to be praised for what did not happen.
    pub(super) fn passes(&self, criterion: &Criterion) -> Option<bool> {
        let holds = criterion.op.holds(self.value?, criterion.value);
        if self.has >= self.needs {
            return Some(holds);
        }
        (self.sure_misses.is_some() || (self.is_count && !holds)).then_some(false)
    }
}

/// Samples that a quantile needs: 10 of them lie beyond it.
#[must_use]
pub fn samples_needed(quantile: f64) -> u64 {
    // The small part taken away is what 1 - 0.9999 is off by.
    let needed = (BEYOND / (1.0 - quantile) - 1e-6).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "quantiles end at 0.9999"
    )]
    let needed = needed as u64;
    needed
}

/// The figure of a criterion's metric over `seconds` in which this was gathered.
pub(super) fn measure(
    criterion: &Criterion,
    gathered: Gathered<'_>,
    seconds: f64,
    part: Extent,
) -> Figure {
    let Gathered { amount, times, .. } = gathered;
    let per_second = |count: u64| (seconds > 0.0).then(|| float(count) / seconds);
    let base = match part {
        Extent::Whole => 1,
        Extent::CriterionWindow => 0,
    };
    let is_by_status = matches!(criterion.of, Selector::Status(..));
    match criterion.metric {
        Metric::Requests => Figure::count(float(amount.requests), amount.seen, base),
        Metric::Failures => {
            let among = if is_by_status {
                amount.seen
            } else {
                amount.requests
            };
            Figure::count(float(amount.failures), among, 1)
        }
        Metric::Success => {
            let passed = amount.requests.saturating_sub(amount.failures);
            let share = (amount.requests > 0).then(|| float(passed) / float(amount.requests));
            Figure::of(share, amount.requests, 1)
        }
        Metric::Rps(outcome) => {
            let requests = amount.requests.saturating_sub(amount.late_requests);
            let failures = amount.failures.saturating_sub(amount.late_failures);
            let count = match outcome {
                Outcome::Any => requests,
                Outcome::Ok => requests.saturating_sub(failures),
                Outcome::Failed => failures,
            };
            Figure {
                value: per_second(count),
                ..Figure::count(0.0, amount.seen, base)
            }
        }
        Metric::Mean(of) if of == Clocked::SERVICE => {
            let mean = (amount.timed > 0).then(|| float(amount.sum_us) / float(amount.timed));
            Figure::of(mean, amount.timed, 1)
        }
        Metric::Max(of) if of == Clocked::SERVICE => {
            let max = (amount.timed > 0).then(|| float(amount.max_us));
            Figure::of(max, amount.timed, 1)
        }
        Metric::Mean(_) => Figure::of(times.mean_us(), times.len(), 1),
        Metric::Max(_) => Figure::of(times.quantile_us(1.0).map(float), times.len(), 1),
        Metric::Quantile(_, quantile) => quantile_of(criterion, gathered, quantile, part),
        Metric::Probe(_) => {
            let count = u64::from(amount.readings);
            let mean = (count > 0).then(|| amount.reading_sum / float(count));
            Figure::of(mean, count, 1)
        }
        Metric::Dropped(portion) => given_up(&amount, amount.delivery.dropped(), portion),
        Metric::Missed(portion) => given_up(&amount, amount.delivery.missed, portion),
        Metric::Delivered => {
            let delivery = &amount.delivery;
            Figure::of(delivery.delivered(), delivery.decided(), 1)
        }
        // Counted by the run as a whole; see `line`.
        Metric::UsersFailed => Figure::of(None, 0, 1),
    }
}

/// Planned starts that were given up, as a number or as a part of all whose fate
/// is known.
fn given_up(amount: &WindowTally, count: u64, portion: Portion) -> Figure {
    let decided = amount.delivery.decided();
    match portion {
        Portion::Count => Figure::count(float(count), decided, 1),
        Portion::Share => {
            let share = (decided > 0).then(|| float(count) / float(decided));
            Figure::of(share, decided, 1)
        }
    }
}

fn quantile_of(criterion: &Criterion, of: Gathered<'_>, quantile: f64, part: Extent) -> Figure {
    let us = of.times.quantile_us(quantile);
    let us = us.map(|us| float(of.amount.at_most(criterion, us)));
    let has = of.times.len();
    let figure = Figure::of(us, has, samples_needed(quantile));
    let share = share_that_may_miss(criterion.op, quantile).filter(|_| has < figure.needs);
    let sure_misses = share.and_then(|share| {
        let misses = of.misses(criterion);
        is_missed_for_sure(has, misses, share, part.doubt()).then_some(misses.count)
    });
    Figure {
        sure_misses,
        ..figure
    }
}
