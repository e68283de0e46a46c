//! The last seconds of a criterion, in memory that does not grow.

use std::collections::VecDeque;

use crate::stats::{Delivery, Histogram};
use crate::verdict::criteria::amount::{Amount, Second};

/// The last `capacity` seconds.
///
/// Memory: what was counted in each of them, and two histograms where times
/// are needed.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    capacity: usize,
    seconds: VecDeque<Second>,
    /// The times of all seconds in it.
    times: Histogram,
    /// To take times away again.
    scratch: Histogram,
}

impl Ring {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            seconds: VecDeque::new(),
            times: Histogram::new(),
            scratch: Histogram::new(),
        }
    }

    /// Takes a second in; the oldest makes room.
    pub(super) fn push(&mut self, second: Second) {
        if self.seconds.len() >= self.capacity
            && let Some(oldest) = self.seconds.pop_front()
            && !oldest.buckets.is_empty()
        {
            self.scratch.clear();
            self.scratch.add(&oldest.buckets);
            self.times.subtract(&self.scratch);
        }
        self.times.add(&second.buckets);
        self.seconds.push_back(second);
    }

    /// Whether it holds as many seconds as it can.
    pub(super) fn is_full(&self) -> bool {
        self.seconds.len() >= self.capacity
    }

    /// How many seconds it holds.
    pub(super) fn len(&self) -> usize {
        self.seconds.len()
    }

    /// All seconds together.
    pub(super) fn amount(&self) -> Amount {
        let mut sum = Amount::default();
        self.seconds.iter().for_each(|one| sum.add(&one.amount));
        sum
    }

    /// Adds to a second that is in it, if it is.
    pub(super) fn amend(&mut self, end_s: u64, counts: &Delivery) {
        let mut seconds = self.seconds.iter_mut().rev();
        if let Some(second) = seconds.find(|one| one.end_s == end_s) {
            second.amount.delivery.add(counts);
        }
    }

    /// Planned starts of seconds up to this one that still wait.
    pub(super) fn overdue(&self, until_s: u64) -> u64 {
        let old = self.seconds.iter().filter(|one| one.end_s <= until_s);
        old.map(|one| one.amount.delivery.waiting()).sum()
    }

    /// The times of all seconds together.
    pub(super) fn times(&self) -> &Histogram {
        &self.times
    }

    /// The latest second.
    pub(super) fn latest(&self) -> Option<&Second> {
        self.seconds.back()
    }
}
