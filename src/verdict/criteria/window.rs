//! The last seconds of a criterion, in memory that does not grow.

use std::collections::VecDeque;

use crate::model::Criterion;
use crate::stats::Histogram;
use crate::verdict::criteria::ruling::Both;
use crate::verdict::criteria::tally::{Gathered, Second, Tally, WindowTally};

/// A closed second.
#[derive(Clone, Debug, Default)]
pub(super) struct Closed {
    pub(super) second: Both<Second>,
    /// The time in gaps.
    pub(super) gap_us: u64,
    /// Whether the generator was so late in it that it may have to be left out.
    pub(super) is_disturbed: bool,
    /// Whether it goes when disturbed seconds do: it is one, or comes after one.
    pub(super) is_left_out: bool,
}

/// The last `capacity` seconds.
///
/// Memory: what was counted in each of them, twice, and three histograms where
/// times are needed.
#[derive(Clone, Debug)]
pub(super) struct SecondsWindow {
    capacity: usize,
    seconds: VecDeque<Closed>,
    /// The times of all seconds in it.
    times: Both<Histogram>,
    /// To take times away again.
    scratch: Histogram,
}

/// A window without its disturbed seconds.
#[derive(Debug, Default)]
pub(super) struct UndisturbedWindow {
    pub(super) tally: Both<Tally>,
    /// Seconds that are left.
    pub(super) seconds: u64,
    /// Disturbed seconds that are not.
    pub(super) disturbed_s: u64,
}

impl SecondsWindow {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            seconds: VecDeque::new(),
            times: Both::default(),
            scratch: Histogram::new(),
        }
    }

    /// Takes a second in; the oldest makes room.
    pub(super) fn push(&mut self, second: Closed) {
        if self.seconds.len() >= self.capacity
            && let Some(Closed { second: oldest, .. }) = self.seconds.pop_front()
        {
            for (times, oldest) in [
                (&mut self.times.measured, oldest.measured),
                (&mut self.times.less, oldest.less),
            ] {
                if !oldest.buckets.is_empty() {
                    self.scratch.clear();
                    self.scratch.add(&oldest.buckets);
                    times.subtract(&self.scratch);
                }
            }
        }
        self.times.measured.add(&second.second.measured.buckets);
        self.times.less.add(&second.second.less.buckets);
        self.seconds.push_back(second);
    }

    /// Whether it is full.
    pub(super) fn is_full(&self) -> bool {
        self.seconds.len() >= self.capacity
    }

    /// The number of its seconds.
    pub(super) fn len(&self) -> usize {
        self.seconds.len()
    }

    /// The time in gaps.
    pub(super) fn gap_us(&self) -> u64 {
        self.seconds.iter().map(|one| one.gap_us).sum()
    }

    /// All seconds together.
    pub(super) fn gathered(&self, criterion: &Criterion) -> Both<Gathered<'_>> {
        let gather = |times, of: fn(&Closed) -> &Second| {
            let mut amount = WindowTally::default();
            let seconds = || self.seconds.iter().map(of);
            seconds().for_each(|one| amount.add(&one.amount));
            let missed = seconds().filter(|one| one.has_misses(criterion));
            Gathered {
                amount,
                times,
                missed_s: missed.count() as u64,
            }
        };
        Both {
            measured: gather(&self.times.measured, |one| &one.second.measured),
            less: gather(&self.times.less, |one| &one.second.less),
        }
    }

    /// The seconds that stay when the disturbed ones are left out.
    pub(super) fn calm(&self, criterion: &Criterion) -> UndisturbedWindow {
        let mut calm = UndisturbedWindow::default();
        for one in &self.seconds {
            calm.disturbed_s += u64::from(one.is_disturbed);
            if !one.is_left_out {
                calm.seconds += 1;
                calm.tally.add(criterion, &one.second);
            }
        }
        calm
    }

    /// The latest second.
    pub(super) fn latest(&self) -> Option<&Closed> {
        self.seconds.back()
    }
}

impl Both<Tally> {
    /// Adds a second.
    pub(super) fn add(&mut self, criterion: &Criterion, second: &Both<Second>) {
        self.measured.add(criterion, &second.measured);
        self.less.add(criterion, &second.less);
    }

    pub(super) fn gathered(&self) -> Both<Gathered<'_>> {
        Both {
            measured: self.measured.gathered(),
            less: self.less.gathered(),
        }
    }
}
