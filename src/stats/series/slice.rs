//! What was counted in one stretch of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::model::NameId;
use crate::stats::recording::varint::{pack, unpack};
use crate::stats::{BucketCount, Counted, FailureDelta, Failures, Interval, NameDelta};

/// What was counted in one stretch of a run, name by name: intervals of all
/// shards as one. Never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// When it begins, in milliseconds since the start of the run.
    pub(crate) from_ms: u64,
    /// When it ends; later than it begins.
    pub(crate) to_ms: u64,
    /// In the order of their ids; their ranges point into `packed`.
    names: Box<[NameDelta]>,
    packed: Box<[u8]>,
    failures: Box<[FailureDelta]>,
    failures_dropped: u64,
}

impl Slice {
    /// The row that all names share which are not told apart any more.
    pub const OTHER: NameId = NameId(u16::MAX);

    /// What happened to each name that was touched; the ranges are for
    /// [`buckets`](Self::buckets).
    pub(crate) fn names(&self) -> &[NameDelta] {
        &self.names
    }

    /// What happened to a name; `None` if nothing did.
    pub(crate) fn name(&self, id: NameId) -> Option<&NameDelta> {
        let found = self
            .names
            .binary_search_by_key(&Some(id), |delta| delta.name);
        found.ok().map(|at| &self.names[at])
    }

    /// The buckets of a range of one of its names, each higher than the one before.
    pub(crate) fn buckets<'a>(
        &'a self,
        range: &Range<usize>,
    ) -> impl Iterator<Item = BucketCount> + use<'a> {
        unpack(&self.packed[range.clone()])
    }

    /// Failures by name and kind.
    pub(crate) fn failures(&self) -> &[FailureDelta] {
        &self.failures
    }

    /// Failures that found no place among them.
    pub(crate) fn failures_dropped(&self) -> u64 {
        self.failures_dropped
    }

    /// Neighbours as one, the oldest first. Of names that are not `apart`,
    /// requests are put together and groups of steps left out, which are in no
    /// sum. Beside the result it takes the memory of one name.
    ///
    /// # Panics
    /// Without any.
    pub(crate) fn merged(slices: &[Arc<Self>], apart: Option<&BTreeSet<NameId>>) -> Self {
        let mut parts: BTreeMap<NameId, Vec<(&Self, &NameDelta)>> = BTreeMap::new();
        let mut failures = Failures::default();
        let mut dropped = 0;
        for slice in slices {
            for delta in &slice.names {
                if let Some(id) = row_of(delta, apart) {
                    parts.entry(id).or_default().push((slice, delta));
                }
            }
            slice.failures.iter().for_each(|one| failures.add(one));
            dropped += slice.failures_dropped;
        }
        let mut packed = Vec::new();
        let mut gathered = NameBuilder::default();
        let names = parts.into_iter().map(|(id, parts)| {
            for (slice, delta) in parts {
                gathered.add(delta, |range| slice.buckets(range));
            }
            gathered.close(id, &mut packed)
        });
        Self {
            names: names.collect(),
            from_ms: slices[0].from_ms,
            to_ms: slices[slices.len() - 1].to_ms,
            packed: packed.into(),
            failures: deltas(&failures),
            failures_dropped: dropped + failures.dropped(),
        }
    }

    /// Memory that it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let statuses = |delta: &NameDelta| size_of_val(delta.statuses.pairs());
        size_of::<Self>()
            + size_of_val(&*self.names)
            + self.names.iter().map(statuses).sum::<usize>()
            + self.packed.len()
            + size_of_val(&*self.failures)
    }
}

/// The row in which a name is kept, if it is.
fn row_of(delta: &NameDelta, apart: Option<&BTreeSet<NameId>>) -> Option<NameId> {
    let id = delta.name?;
    if apart.is_none_or(|apart| apart.contains(&id)) {
        return Some(id);
    }
    (delta.counted == Counted::InAll).then_some(Slice::OTHER)
}

fn deltas(failures: &Failures) -> Box<[FailureDelta]> {
    let sorted = failures.sorted().into_iter();
    let deltas = sorted.map(|(name, failure, row)| FailureDelta {
        name,
        failure,
        count: row.count,
        first_us: row.first_us,
        last_us: row.last_us,
    });
    deltas.collect()
}

/// What is being gathered for a slice. Its memory is used again.
#[derive(Debug, Default)]
pub(super) struct SliceBuilder {
    names: BTreeMap<NameId, NameBuilder>,
    failures: Failures,
}

#[derive(Debug, Default)]
struct NameBuilder {
    delta: NameDelta,
    /// Of successes, failures and response times, in any order.
    buckets: [Vec<BucketCount>; 3],
}

impl SliceBuilder {
    /// Adds what a shard reports.
    pub(crate) fn add(&mut self, interval: &Interval) {
        for delta in &interval.names {
            let buckets = |range: &Range<usize>| interval.buckets[range.clone()].iter().copied();
            if let Some(id) = delta.name {
                self.name(id).add(delta, buckets);
            }
        }
        for delta in &interval.failures {
            self.failures.add(delta);
        }
    }

    /// What was gathered, as a slice; nothing is left.
    pub(crate) fn close(&mut self, from_ms: u64, to_ms: u64) -> Slice {
        let mut packed = Vec::new();
        let touched = self
            .names
            .iter_mut()
            .filter(|(_, one)| one.delta.requests > 0);
        let names = touched
            .map(|(&id, one)| one.close(id, &mut packed))
            .collect();
        let failures = std::mem::take(&mut self.failures);
        Slice {
            from_ms,
            to_ms: to_ms.max(from_ms + 1),
            names,
            packed: packed.into(),
            failures: deltas(&failures),
            failures_dropped: failures.dropped(),
        }
    }

    fn name(&mut self, id: NameId) -> &mut NameBuilder {
        self.names.entry(id).or_default()
    }
}

impl NameBuilder {
    fn add<I: Iterator<Item = BucketCount>>(
        &mut self,
        delta: &NameDelta,
        buckets: impl Fn(&Range<usize>) -> I,
    ) {
        self.delta.merge(delta);
        let ranges = [&delta.ok, &delta.failed, &delta.response];
        for (kept, range) in self.buckets.iter_mut().zip(ranges) {
            kept.extend(buckets(range));
        }
    }

    fn close(&mut self, id: NameId, packed: &mut Vec<u8>) -> NameDelta {
        let mut delta = std::mem::take(&mut self.delta);
        delta.name = Some(id);
        let ranges = [&mut delta.ok, &mut delta.failed, &mut delta.response];
        for (buckets, range) in self.buckets.iter_mut().zip(ranges) {
            // What is merged is in order already, stretch by stretch.
            buckets.sort_by_key(|bucket| bucket.bucket);
            buckets.dedup_by(|next, kept| {
                let is_same = next.bucket == kept.bucket;
                if is_same {
                    kept.count = kept.count.saturating_add(next.count);
                }
                is_same
            });
            let start = packed.len();
            pack(buckets, packed);
            *range = start..packed.len();
            buckets.clear();
        }
        delta
    }
}
