//! The planned task starts that a criterion is about.

use std::collections::VecDeque;

use crate::stats::{
    Delivery, Interval, LeftWaiting, Waiting, given_up_at_end, overdue_until_s, second_of,
};
use crate::verdict::criteria::tally::Reach;

/// Planned starts by the second that they were planned for, however long they
/// waited.
///
/// Memory: what was counted in each of the last `capacity` seconds.
#[derive(Clone, Debug)]
pub(super) struct PlannedStarts {
    capacity: usize,
    /// Everything since the start or the warm-up.
    whole: Delivery,
    open: Delivery,
    /// The last seconds with their ends, the latest last.
    seconds: VecDeque<(u64, Delivery)>,
    /// What was planned up to this second and still waits is given up.
    overdue_until_s: u64,
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

impl PlannedStarts {
    /// None yet; the last `capacity` seconds are told apart.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            whole: Delivery::default(),
            open: Delivery::default(),
            seconds: VecDeque::new(),
            overdue_until_s: 0,
            waiting: Waiting::default(),
            left: Vec::new(),
        }
    }

    /// Takes in what an interval of the open second says. What was planned for
    /// the warm-up, up to `after_s`, does not count.
    pub(super) fn add(
        &mut self,
        reach: &Reach,
        interval: &Interval,
        (after_s, open_s): (u64, u64),
    ) {
        let is_counted = |end_s: u64| end_s > after_s;
        for delta in &interval.ledger.deltas {
            if !reach.has_plan(delta.plan) || !is_counted(delta.end_s) {
                continue;
            }
            self.whole.add(&delta.counts);
            self.waiting.see(delta.end_s, &delta.counts);
            if delta.end_s >= open_s {
                self.open.add(&delta.counts);
            } else if let Some((_, second)) = self.closed(delta.end_s) {
                second.add(&delta.counts);
            }
        }
        let left = interval.ledger.left.iter();
        let left = left.filter(|one| reach.has_plan(one.plan));
        let left = left.filter(|one| is_counted(second_of(one.planned_us)));
        self.left.extend(left);
    }

    /// The open second is over, and was seen from its beginning to its end.
    pub(super) fn close(&mut self, end_s: u64, grace_us: u64) {
        self.overdue_until_s = overdue_until_s(end_s, grace_us);
        self.waiting.age(self.overdue_until_s);
        if self.seconds.len() >= self.capacity {
            self.seconds.pop_front();
        }
        self.seconds
            .push_back((end_s, std::mem::take(&mut self.open)));
    }

    /// The open second was seen in part only: it counts in the whole alone.
    pub(super) fn skip(&mut self) {
        self.open = Delivery::default();
    }

    /// All of them; what has waited too long is given up.
    pub(super) fn whole(&self, patience: Patience) -> Delivery {
        let mut whole = self.whole;
        let given_up = match patience.ended_us {
            Some(end_us) => given_up_at_end(self.left.iter(), end_us, patience.grace_us),
            None => self.waiting.given_up(),
        };
        whole.give_up_waiting(&given_up);
        whole
    }

    /// Those of the last seconds, likewise.
    pub(super) fn recent(&self) -> Delivery {
        let mut sum = Delivery::default();
        for (end_s, second) in &self.seconds {
            sum.add(second);
            if *end_s <= self.overdue_until_s {
                sum.dropped_stop += second.waiting();
            }
        }
        sum
    }

    /// Those of the latest second.
    pub(super) fn latest(&self) -> Delivery {
        self.seconds
            .back()
            .map(|(_, second)| *second)
            .unwrap_or_default()
    }

    fn closed(&mut self, end_s: u64) -> Option<&mut (u64, Delivery)> {
        self.seconds.iter_mut().rev().find(|(end, _)| *end == end_s)
    }
}
