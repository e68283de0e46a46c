//! What was counted over a run, stretch by stretch, in bounded memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::NameId;
use crate::stats::series::slice::SliceBuilder;
use crate::stats::{Interval, Slice};

/// Everything that was counted since the start or the last reset, as slices
/// of time: of 1 s for the last 10 min, of 10 s for an hour before, of 60 s
/// (120 s, 240 s, ... once there are 512) before that. Nothing is ever lost:
/// all slices together are what was counted.
///
/// Memory: up to a budget of bytes. When it is exceeded, the oldest slices
/// are merged earlier than said above, first those of 1 s, then those of 10 s,
/// then all that are older. Where that is not enough, the names with the
/// fewest requests are put together as one, half of them each time.
///
/// Written by the aggregator alone.
#[derive(Debug)]
pub struct Archive {
    slices: Vec<Arc<Slice>>,
    open: SliceBuilder,
    open_from_ms: u64,
    budget_bytes: usize,
    /// How long slices are not merged at all.
    fine_ms: u64,
    /// How long after that they are not merged to more than 10 s.
    middle_ms: u64,
    /// To how much they are merged after that.
    coarse_width_ms: u64,
    /// The names that are told apart; `None` for all.
    apart: Option<BTreeSet<NameId>>,
}

/// Memory that slices may take.
const BUDGET_BYTES: usize = 32 * 1024 * 1024;

const MIDDLE_WIDTH_MS: u64 = 10_000;
const COARSE_WIDTH_MS: u64 = 60_000;
/// How long slices stay as they are, if memory allows, and at least.
const FINE_MS: u64 = 600_000;
const FINE_MIN_MS: u64 = 20_000;
/// How long after that they are of 10 s.
const MIDDLE_MS: u64 = 3_600_000;
const MIDDLE_MIN_MS: u64 = 60_000;
/// The most slices that are older than that.
const COARSE: usize = 512;

impl Archive {
    /// An empty archive whose first slice begins this late in the run.
    pub(crate) fn new(from_ms: u64) -> Self {
        Self::with_budget(from_ms, BUDGET_BYTES)
    }

    /// The same with another budget.
    fn with_budget(from_ms: u64, budget_bytes: usize) -> Self {
        Self {
            slices: Vec::new(),
            open: SliceBuilder::default(),
            open_from_ms: from_ms,
            budget_bytes,
            fine_ms: FINE_MS,
            middle_ms: MIDDLE_MS,
            coarse_width_ms: COARSE_WIDTH_MS,
            apart: None,
        }
    }

    /// Adds an interval to the open slice.
    pub(crate) fn add(&mut self, interval: &Interval) {
        self.open.add(interval);
    }

    /// Closes the open slice; the next begins where it ends.
    pub(crate) fn close(&mut self, to_ms: u64) {
        let mut slice = Arc::new(self.open.close(self.open_from_ms, to_ms));
        let place = |ms: u64| ms / MIDDLE_WIDTH_MS;
        let is_due = place(self.open_from_ms) != place(slice.to_ms);
        self.open_from_ms = slice.to_ms;
        if let Some(apart) = &self.apart {
            slice = Arc::new(Slice::merged(&[slice], Some(apart)));
        }
        self.slices.push(slice);
        if is_due {
            self.coarsen();
        }
        while self.bytes() > self.budget_bytes && self.tighten() {
            self.coarsen();
        }
    }

    /// The closed slices, oldest first, without gaps. Cost: a count a slice.
    pub(crate) fn slices(&self) -> Arc<[Arc<Slice>]> {
        self.slices.as_slice().into()
    }

    fn bytes(&self) -> usize {
        self.slices.iter().map(|slice| slice.bytes()).sum()
    }

    /// Merges what is old enough.
    fn coarsen(&mut self) {
        let fine_from_ms = self.open_from_ms.saturating_sub(self.fine_ms);
        self.merge(fine_from_ms, MIDDLE_WIDTH_MS);
        let middle_from_ms = fine_from_ms.saturating_sub(self.middle_ms);
        let mut width_ms = COARSE_WIDTH_MS;
        while width_ms <= self.coarse_width_ms {
            self.merge(middle_from_ms, width_ms);
            width_ms *= 2;
        }
        if self.coarse_slices() > COARSE {
            self.coarse_width_ms *= 2;
            self.merge(middle_from_ms, self.coarse_width_ms);
        }
    }

    /// Merges slices to this width that end before `until_ms`. They begin at
    /// multiples of it; those of one that is not over yet stay as they are.
    fn merge(&mut self, until_ms: u64, width_ms: u64) {
        let place = |slice: &Slice| slice.from_ms / width_ms;
        let is_over = |slice: &Slice| (place(slice) + 1) * width_ms <= until_ms;
        let belong = |a: &Arc<Slice>, b: &Arc<Slice>| is_over(a) && place(a) == place(b);
        if !self.slices.windows(2).any(|two| belong(&two[0], &two[1])) {
            return;
        }
        let groups = self.slices.chunk_by(belong);
        let merged = groups.map(|group| match group {
            [one] => Arc::clone(one),
            several => Arc::new(Slice::merged(several, None)),
        });
        self.slices = merged.collect();
    }

    /// Has less kept apart, by one step; false where there is none left.
    fn tighten(&mut self) -> bool {
        if self.fine_ms > FINE_MIN_MS {
            self.fine_ms -= MIDDLE_WIDTH_MS;
        } else if self.middle_ms > MIDDLE_MIN_MS {
            self.middle_ms -= COARSE_WIDTH_MS;
        } else if self.coarse_width_ms * 2 <= self.open_from_ms {
            self.coarse_width_ms *= 2;
        } else if self.apart.as_ref().is_none_or(|apart| !apart.is_empty()) {
            self.put_names_together();
        } else {
            return false;
        }
        true
    }

    fn coarse_slices(&self) -> usize {
        let kept_ms = self.fine_ms + self.middle_ms;
        let until_ms = self.open_from_ms.saturating_sub(kept_ms);
        self.slices.partition_point(|slice| slice.to_ms <= until_ms)
    }

    /// Of the names that are told apart, only the busier half is from now on.
    fn put_names_together(&mut self) {
        let mut requests: BTreeMap<NameId, u64> = BTreeMap::new();
        for delta in self.slices.iter().flat_map(|slice| slice.names()) {
            if let Some(id) = delta.name.filter(|&id| id != Slice::OTHER) {
                *requests.entry(id).or_default() += delta.requests;
            }
        }
        let half = requests.len() / 2;
        let mut busiest: Vec<_> = requests.into_iter().collect();
        busiest.sort_by_key(|&(id, requests)| (std::cmp::Reverse(requests), id));
        let apart = busiest.into_iter().take(half).map(|(id, _)| id).collect();
        for slice in &mut self.slices {
            *slice = Arc::new(Slice::merged(std::slice::from_ref(slice), Some(&apart)));
        }
        self.apart = Some(apart);
    }
}

#[cfg(test)]
mod tests;
