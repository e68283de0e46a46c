use crate::stats::{Counted, Histogram, Interval, NameDelta, Percentiles};

/// Histograms of both kinds of time, over all names.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// From wanting to send to the last byte.
    pub(crate) service: Histogram,
    /// From the planned start to the last byte, where there is a plan.
    pub(crate) response: Histogram,
}

impl Times {
    pub(crate) fn add(&mut self, interval: &Interval) {
        let requests = |delta: &&NameDelta| delta.counted == Counted::InAll;
        for delta in interval.names.iter().filter(requests) {
            for range in [&delta.ok, &delta.failed] {
                self.service.add(&interval.buckets[range.clone()]);
            }
            self.response.add(&interval.buckets[delta.response.clone()]);
        }
    }

    /// Adds all of another.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.service.merge(&other.service);
        self.response.merge(&other.response);
    }

    /// Takes away what was added before.
    pub(crate) fn subtract(&mut self, other: &Self) {
        self.service.subtract(&other.service);
        self.response.subtract(&other.response);
    }

    /// Forgets all samples, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.service.clear();
        self.response.clear();
    }

    /// Percentiles of the service and of the response times.
    pub(crate) fn percentiles(&self) -> (Percentiles, Percentiles) {
        (self.service.percentiles(), self.response.percentiles())
    }
}
