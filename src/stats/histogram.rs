use hdrhistogram::Histogram as Hdr;
use serde::{Deserialize, Serialize};

use crate::stats::recording::bucket::{MAX_US, lowest_of};
use crate::stats::recording::interval::BucketCount;

/// A merged latency histogram. Written by the aggregator only.
///
/// Memory: grows with the largest value seen, up to about 190 KB.
#[derive(Clone, Debug)]
pub struct Histogram(Hdr<u64>);

/// The percentiles that are shown everywhere, in microseconds; `None`
/// without samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Percentiles {
    /// The median.
    pub p50_us: Option<u64>,
    /// The 95th percentile.
    pub p95_us: Option<u64>,
    /// The 99th percentile.
    pub p99_us: Option<u64>,
}

impl Percentiles {
    /// These, none of them above the largest value seen.
    pub(crate) fn at_most(self, max_us: Option<u64>) -> Self {
        let clamp = |us: Option<u64>| us.map(|us| max_us.map_or(us, |max_us| us.min(max_us)));
        Self {
            p50_us: clamp(self.p50_us),
            p95_us: clamp(self.p95_us),
            p99_us: clamp(self.p99_us),
        }
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// An empty histogram.
    pub(crate) fn new() -> Self {
        let mut hdr = Hdr::new(3).unwrap_or_else(|_| unreachable!("3 digits are valid"));
        hdr.auto(true);
        Self(hdr)
    }

    /// Adds an interval's buckets.
    pub(crate) fn add(&mut self, buckets: &[BucketCount]) {
        for bucket in buckets {
            self.add_bucket(bucket.bucket, u64::from(bucket.count));
        }
    }

    /// Adds `count` samples of one bucket.
    pub(crate) fn add_bucket(&mut self, bucket: u16, count: u64) {
        // Cannot fail: the histogram grows by itself and the value is bounded.
        let _ = self.0.record_n(lowest_of(bucket).min(MAX_US), count);
    }

    /// Adds all of another histogram.
    pub(crate) fn merge(&mut self, other: &Self) {
        let _ = self.0.add(&other.0);
    }

    /// Takes away what was added before.
    pub(crate) fn subtract(&mut self, other: &Self) {
        let _ = self.0.subtract(&other.0);
    }

    /// Forgets all samples, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.0.reset();
    }

    /// The number of samples.
    pub(crate) fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether there are no samples.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value below or at which this share (0 to 1) of the samples lies,
    /// nearest rank, in microseconds; `None` without samples.
    #[must_use]
    pub fn quantile_us(&self, quantile: f64) -> Option<u64> {
        (!self.0.is_empty()).then(|| self.0.value_at_quantile(quantile))
    }

    /// The lowest value that its fastest sample may have, in microseconds.
    pub(crate) fn fastest_us(&self) -> Option<u64> {
        self.buckets().next().map(|(us, _)| us)
    }

    /// The percentiles that are shown everywhere.
    pub(crate) fn percentiles(&self) -> Percentiles {
        Percentiles {
            p50_us: self.quantile_us(0.50),
            p95_us: self.quantile_us(0.95),
            p99_us: self.quantile_us(0.99),
        }
    }

    /// The buckets that hold samples, as (lowest value in microseconds, count).
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter_recorded().map(|step| {
            (
                self.0.lowest_equivalent(step.value_iterated_to()),
                step.count_at_value(),
            )
        })
    }
}
