//! The last seconds of a criterion, in memory that does not grow.

use std::collections::VecDeque;

use crate::model::Criterion;
use crate::stats::Histogram;
use crate::verdict::criteria::amount::{Amount, Gathered, Second};

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
    pub(super) fn gathered(&self, criterion: &Criterion) -> Gathered<'_> {
        let mut amount = Amount::default();
        self.seconds.iter().for_each(|one| amount.add(&one.amount));
        let missed = self.seconds.iter().filter(|one| one.has_misses(criterion));
        Gathered {
            amount,
            times: &self.times,
            missed_s: missed.count() as u64,
        }
    }

    /// The latest second.
    pub(super) fn latest(&self) -> Option<&Second> {
        self.seconds.back()
    }
}
