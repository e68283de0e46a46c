use std::collections::HashMap;

use crate::model::{Failure, NameId};
use crate::stats::FailureDelta;

/// The most kinds of failure told apart, over all names.
pub const MAX_FAILURES: usize = 1_000;

/// The table of failures of a run: at most [`MAX_FAILURES`] rows; what finds
/// no row is counted as dropped from the table (it is still in the totals).
#[derive(Clone, Debug, Default)]
pub struct Failures {
    rows: HashMap<(NameId, Failure), FailureRow>,
    dropped: u64,
}

/// One row of the table of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureRow {
    pub(crate) count: u64,
    /// When first, on the run's axis.
    pub(crate) first_us: u64,
    /// When last, on the run's axis.
    pub(crate) last_us: u64,
}

impl Failures {
    /// Adds an interval's count.
    pub(crate) fn add(&mut self, delta: &FailureDelta) {
        let key = (delta.name, delta.failure);
        if self.rows.len() >= MAX_FAILURES && !self.rows.contains_key(&key) {
            self.dropped += delta.count;
            return;
        }
        let row = self.rows.entry(key).or_insert(FailureRow {
            count: 0,
            first_us: delta.first_us,
            last_us: delta.last_us,
        });
        row.count += delta.count;
        row.first_us = row.first_us.min(delta.first_us);
        row.last_us = row.last_us.max(delta.last_us);
    }

    /// The rows, most frequent first.
    pub(crate) fn sorted(&self) -> Vec<(NameId, Failure, FailureRow)> {
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .map(|(&(name, failure), &row)| (name, failure, row))
            .collect();
        rows.sort_by(|a, b| {
            b.2.count
                .cmp(&a.2.count)
                .then(a.0.cmp(&b.0))
                .then(a.1.cmp(&b.1))
        });
        rows
    }

    /// How often a name failed in this way.
    pub(crate) fn of(&self, name: NameId, failure: Failure) -> u64 {
        let row = self.rows.get(&(name, failure));
        row.map_or(0, |row| row.count)
    }

    /// When a name first failed in this way, in microseconds since the start.
    pub(crate) fn first_us(&self, name: NameId, failure: Failure) -> Option<u64> {
        self.rows.get(&(name, failure)).map(|row| row.first_us)
    }

    /// The rows, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (NameId, Failure, FailureRow)> {
        let rows = self.rows.iter();
        rows.map(|(&(name, failure), &row)| (name, failure, row))
    }

    /// Failures that found no row.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The number of failures for which `matches` holds.
    pub(crate) fn count(&self, matches: impl Fn(NameId, Failure) -> bool) -> u64 {
        self.rows
            .iter()
            .filter(|((name, failure), _)| matches(*name, *failure))
            .map(|(_, row)| row.count)
            .sum()
    }
}
