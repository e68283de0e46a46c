//! The last few seconds.

use std::collections::VecDeque;

use crate::stats::{Interval, PercentileSet, Percentiles, Times};

/// The service and response times of the last `capacity` closed seconds,
/// over all names.
///
/// Memory: fixed, two histograms a second. Written by the aggregator only.
#[derive(Debug)]
pub struct Window {
    capacity: usize,
    seconds: VecDeque<Times>,
    open: Times,
    all: Times,
}

impl Window {
    /// A window over this many seconds.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            seconds: VecDeque::with_capacity(capacity),
            open: Times::default(),
            all: Times::default(),
        }
    }

    /// Adds an interval to the open second.
    pub(crate) fn add(&mut self, interval: &Interval) {
        self.open.add(interval);
        self.all.add(interval);
    }

    /// Closes the open second; the one that falls out of the window is forgotten.
    pub(crate) fn close_second(&mut self) {
        let mut next = Times::default();
        if self.seconds.len() + 1 >= self.capacity
            && let Some(mut oldest) = self.seconds.pop_front()
        {
            self.all.subtract(&oldest);
            oldest.clear();
            next = oldest;
        }
        self.seconds
            .push_back(std::mem::replace(&mut self.open, next));
    }

    /// The times of the second that was closed last; empty before the first.
    pub(crate) fn last(&self) -> &Times {
        self.seconds.back().unwrap_or(&self.open)
    }

    /// Percentiles of the service and of the response times over the window,
    /// the open second included.
    pub(crate) fn percentiles(&self) -> (Percentiles, Percentiles) {
        self.all.percentiles()
    }

    /// The percentiles of service times over the window.
    pub(crate) fn percentiles_us(&self) -> PercentileSet {
        self.all.service.percentiles_us(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{BucketCount, NameDelta, bucket_of};

    fn interval(value_us: u64) -> Interval {
        Interval {
            buckets: vec![BucketCount {
                bucket: bucket_of(value_us),
                count: 10,
            }],
            names: vec![NameDelta {
                ok: 0..1,
                ..NameDelta::default()
            }],
            ..Interval::default()
        }
    }

    #[test]
    fn old_seconds_fall_out() {
        let mut window = Window::new(3);
        for value in [100, 200, 300, 400] {
            window.add(&interval(value));
            window.close_second();
            assert_eq!(window.last().service.percentiles().p50_us, Some(value));
        }
        assert_eq!(
            window.percentiles().0.p50_us,
            Some(300),
            "300 and 400 are left"
        );
        for _ in 0..3 {
            window.close_second();
        }
        assert_eq!(window.percentiles().0.p50_us, None);
    }
}
