//! The last few seconds.

use std::collections::VecDeque;

use crate::stats::{Counted, Histogram, Interval, NameDelta, Percentiles};

/// The service and response times of the last `capacity` closed seconds,
/// over all names.
///
/// Memory: fixed, two histograms a second. Written by the aggregator only.
#[derive(Debug)]
pub struct Window {
    capacity: usize,
    seconds: VecDeque<Second>,
    open: Second,
    service: Histogram,
    response: Histogram,
}

#[derive(Debug, Default)]
struct Second {
    service: Histogram,
    response: Histogram,
}

impl Window {
    /// A window over this many seconds.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            seconds: VecDeque::with_capacity(capacity),
            open: Second::default(),
            service: Histogram::new(),
            response: Histogram::new(),
        }
    }

    /// Adds an interval to the open second.
    pub fn add(&mut self, interval: &Interval) {
        let requests = |delta: &&NameDelta| delta.counted == Counted::InAll;
        for delta in interval.names.iter().filter(requests) {
            for range in [&delta.ok, &delta.failed] {
                self.open.service.add(&interval.buckets[range.clone()]);
                self.service.add(&interval.buckets[range.clone()]);
            }
            let response = &interval.buckets[delta.response.clone()];
            self.open.response.add(response);
            self.response.add(response);
        }
    }

    /// Closes the open second and gives its service-time percentiles; the
    /// second that falls out of the window is forgotten.
    pub fn close_second(&mut self) -> Percentiles {
        let percentiles = self.open.service.percentiles();
        let mut next = Second::default();
        if self.seconds.len() + 1 >= self.capacity
            && let Some(mut oldest) = self.seconds.pop_front()
        {
            self.service.subtract(&oldest.service);
            self.response.subtract(&oldest.response);
            oldest.service.clear();
            oldest.response.clear();
            next = oldest;
        }
        self.seconds
            .push_back(std::mem::replace(&mut self.open, next));
        percentiles
    }

    /// The service times of the second that was closed last; empty before the first.
    #[must_use]
    pub fn last_service(&self) -> &Histogram {
        &self.seconds.back().unwrap_or(&self.open).service
    }

    /// Percentiles of the service time over the window, the open second included.
    #[must_use]
    pub fn percentiles(&self) -> Percentiles {
        self.service.percentiles()
    }

    /// Percentiles of the response time over the window.
    #[must_use]
    pub fn response_percentiles(&self) -> Percentiles {
        self.response.percentiles()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{BucketCount, bucket_of};

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
            assert_eq!(window.close_second().p50_us, Some(value));
        }
        assert_eq!(
            window.percentiles().p50_us,
            Some(300),
            "300 and 400 are left"
        );
        for _ in 0..3 {
            window.close_second();
        }
        assert_eq!(window.percentiles().p50_us, None);
    }
}
