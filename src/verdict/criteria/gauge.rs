//! One criterion over a run.

use crate::model::{Criterion, Metric, Stretch};
use crate::stats::{
    Histogram, Interval, LeftWaiting, Waiting, given_up_at_end, overdue_until_s, second_of,
};
use crate::verdict::criteria::amount::{Amount, Reach, Second, Selected};
use crate::verdict::criteria::figure::{Part, measure};
use crate::verdict::criteria::progress::{Progress, worse};
use crate::verdict::criteria::ring::Ring;

/// A criterion, and what was gathered for it.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    pub(super) criterion: Criterion,
    reach: Reach,
    open: Second,
    /// Everything since the start or the warm-up.
    pub(super) whole: Amount,
    pub(super) whole_times: Histogram,
    /// The last seconds: a stretch of the window, or what "now" is.
    pub(super) ring: Ring,
    pub(super) progress: Progress,
    /// The reading of a probe that is furthest from passing.
    pub(super) worst_reading: Option<f64>,
    /// Planned starts that wait.
    waiting: Waiting,
    /// Those that still waited at the end.
    left: Vec<LeftWaiting>,
}

/// How long a planned start may wait, and when the plan ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) grace_us: u64,
    pub(super) ended_us: Option<u64>,
}

/// What "now" is for a criterion over the whole run, in seconds.
const NOW_S: u32 = 10;

impl Gauge {
    /// A gauge that has seen nothing.
    pub(super) fn new(criterion: &Criterion, selected: &Selected) -> Self {
        Self::of(criterion.clone(), Reach::new(criterion, selected))
    }

    /// The same, as if nothing had happened.
    pub(super) fn anew(&self) -> Self {
        Self::of(self.criterion.clone(), self.reach.clone())
    }

    fn of(criterion: Criterion, reach: Reach) -> Self {
        let kept_s = match criterion.window {
            Stretch::Whole => NOW_S,
            Stretch::Every(seconds) => seconds,
            Stretch::Sustained(_) | Stretch::InSeconds(_) => 1,
        };
        Self {
            progress: Progress::new(criterion.window),
            ring: Ring::new(usize::try_from(kept_s).unwrap_or(usize::MAX)),
            criterion,
            reach,
            open: Second::default(),
            whole: Amount::default(),
            whole_times: Histogram::new(),
            worst_reading: None,
            waiting: Waiting::default(),
            left: Vec::new(),
        }
    }

    /// Takes in an interval of the open second.
    pub(super) fn add(&mut self, interval: &Interval, seen: u64) {
        let part = self.reach.gather(interval, seen);
        self.whole.add(&part.amount);
        if self.reach.needs_times() {
            self.whole_times.add(&part.buckets);
        }
        self.open.add(&part);
    }

    /// Takes in what an interval of the open second says of planned starts. A
    /// start belongs to the second that it was planned for, however long it
    /// waited; what was planned for the warm-up does not count.
    pub(super) fn add_starts(&mut self, interval: &Interval, (after_s, open_s): (u64, u64)) {
        let is_counted = |end_s: u64| end_s > after_s;
        for delta in &interval.ledger.deltas {
            if !self.reach.has_plan(delta.plan) || !is_counted(delta.end_s) {
                continue;
            }
            self.whole.delivery.add(&delta.counts);
            self.waiting.see(delta.end_s, &delta.counts);
            if delta.end_s >= open_s {
                self.open.amount.delivery.add(&delta.counts);
            } else {
                self.ring.amend(delta.end_s, &delta.counts);
            }
        }
        let left = interval.ledger.left.iter();
        let left = left.filter(|one| self.reach.has_plan(one.plan));
        let left = left.filter(|one| is_counted(second_of(one.planned_us)));
        self.left.extend(left);
    }

    /// Everything so far; what has waited too long is given up.
    pub(super) fn whole_amount(&self, patience: Patience) -> Amount {
        let mut whole = self.whole;
        let given_up = match patience.ended_us {
            Some(end_us) => given_up_at_end(self.left.iter(), end_us, patience.grace_us),
            None => self.waiting.overdue(),
        };
        whole.delivery.dropped_stop += given_up.min(whole.delivery.waiting());
        whole
    }

    /// The open second is over, and was seen from its beginning to its end.
    /// `reading` tells what a probe read last.
    pub(super) fn close(
        &mut self,
        end_s: u64,
        grace_us: u64,
        reading: &dyn Fn(&str) -> Option<f64>,
    ) {
        let mut second = std::mem::take(&mut self.open);
        second.end_s = end_s;
        self.waiting.age(overdue_until_s(end_s, grace_us));
        if let Metric::Probe(name) = &self.criterion.metric
            && let Some(value) = reading(name)
        {
            second.amount.readings = 1;
            second.amount.reading_sum = value;
            let known = self.worst_reading;
            if known.is_none_or(|known| worse(&self.criterion, value, known)) {
                self.worst_reading = Some(value);
            }
        }
        self.ring.push(second.compact());
        let seconds = match self.criterion.window {
            Stretch::Whole => return,
            Stretch::Every(_) if !self.ring.is_full() => return,
            Stretch::Every(seconds) => f64::from(seconds),
            Stretch::Sustained(_) | Stretch::InSeconds(_) => 1.0,
        };
        let mut amount = self.ring.amount();
        amount.delivery.dropped_stop += self.ring.overdue(overdue_until_s(end_s, grace_us));
        let times = self.ring.times();
        let figure = measure(&self.criterion, &amount, times, seconds, Part::Stretch);
        self.progress.step(&self.criterion, &figure, end_s);
    }

    /// The open second was seen in part only: it counts in the whole alone.
    pub(super) fn skip(&mut self) {
        self.open = Second::default();
    }
}
