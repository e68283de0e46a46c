//! The last few seconds, name by name.

use std::collections::VecDeque;

use crate::stats::{BucketCount, Histogram, Interval, PercentileSet};

/// The service times of the last `capacity` closed seconds, for each name.
///
/// Memory: a histogram a name that was requested, and the buckets that each
/// second touched; 50 to 200 KB a name. Written by the aggregator only, and
/// kept only for runs that ask for it.
#[derive(Debug)]
pub struct NameWindows {
    capacity: usize,
    names: Vec<Option<Box<NameWindow>>>,
    /// What falls out is gathered here.
    scratch: Histogram,
}

#[derive(Debug, Default)]
struct NameWindow {
    /// The buckets of each closed second, the oldest first.
    seconds: VecDeque<Vec<BucketCount>>,
    open: Vec<BucketCount>,
    all: Histogram,
}

impl NameWindows {
    /// Windows over this many seconds, for this many names.
    pub(crate) fn new(names: usize, capacity: usize) -> Self {
        Self {
            capacity,
            names: (0..names).map(|_| None).collect(),
            scratch: Histogram::new(),
        }
    }

    /// Adds an interval to the open second.
    pub(crate) fn add(&mut self, interval: &Interval) {
        for delta in &interval.names {
            let name = delta.name.and_then(|id| self.names.get_mut(id.index()));
            let Some(name) = name else { continue };
            for range in [&delta.ok, &delta.failed] {
                if !range.is_empty() {
                    let buckets = &interval.buckets[range.clone()];
                    let name = name.get_or_insert_default();
                    name.all.add(buckets);
                    name.open.extend_from_slice(buckets);
                }
            }
        }
    }

    /// Closes the open second; the one that falls out of the window is forgotten.
    pub(crate) fn close_second(&mut self) {
        for name in self.names.iter_mut().flatten() {
            if name.seconds.len() + 1 >= self.capacity
                && let Some(oldest) = name.seconds.pop_front()
                && !oldest.is_empty()
            {
                self.scratch.clear();
                self.scratch.add(&oldest);
                name.all.subtract(&self.scratch);
            }
            name.seconds.push_back(std::mem::take(&mut name.open));
        }
    }

    /// The percentiles of a name; `None` where it was never requested.
    pub(crate) fn percentiles_us(&self, name: usize) -> Option<PercentileSet> {
        let window = self.names.get(name)?.as_ref()?;
        Some(window.all.percentiles_us(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NameId;
    use crate::stats::{NameDelta, bucket_of};

    fn interval(name: u16, value_us: u64) -> Interval {
        Interval {
            buckets: vec![BucketCount {
                bucket: bucket_of(value_us),
                count: 10,
            }],
            names: vec![NameDelta {
                name: Some(NameId(name)),
                ok: 0..1,
                ..NameDelta::default()
            }],
            ..Interval::default()
        }
    }

    #[test]
    fn each_name_has_its_own_seconds() {
        let mut windows = NameWindows::new(2, 3);
        for value in [400, 300, 200, 100] {
            windows.add(&interval(1, value));
            windows.close_second();
        }
        assert_eq!(windows.percentiles_us(0), None, "never requested");
        let slowest = |windows: &NameWindows| windows.percentiles_us(1).and_then(|all| all[10]);
        assert_eq!(slowest(&windows), Some(200), "200 and 100 are left");
        for _ in 0..3 {
            windows.close_second();
        }
        assert_eq!(slowest(&windows), None);
        assert_eq!(windows.percentiles_us(7), None);
    }
}
