use serde::{Deserialize, Serialize};

use crate::model::serialize_rounded;
use crate::stats::{Histogram, PercentileSet, highest_of};

/// What a histogram of times amounts to. All of it is read from buckets: the
/// mean is off by 0.05 % at most, the ends by 0.1 %.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeSummary {
    /// How many times.
    pub samples: u64,
    /// Their mean.
    #[serde(serialize_with = "serialize_rounded")]
    pub mean_us: f64,
    /// The lowest time of the bucket of the shortest.
    pub min_us: u64,
    /// The highest time of the bucket of the longest.
    pub max_us: u64,
    /// Times of the shares of samples in [`PERCENTILES`](crate::stats::PERCENTILES).
    #[serde(alias = "ladder_us")]
    pub percentiles_us: PercentileSet,
}

impl TimeSummary {
    /// Their sum, in whole microseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact far beyond any run")]
    pub fn sum_us(&self) -> f64 {
        (self.mean_us * self.samples as f64).round()
    }
}

impl Histogram {
    /// The summary of all samples; `None` without any.
    #[must_use]
    pub fn summary(&self) -> Option<TimeSummary> {
        let mean_us = self.mean_us()?;
        let (min_us, _) = self.buckets().next()?;
        Some(TimeSummary {
            samples: self.len(),
            mean_us,
            min_us,
            max_us: self.quantile_us(1.0)?,
            percentiles_us: self.percentiles_us(None),
        })
    }

    /// The mean, from the middle of each bucket: off by 0.05 % at most.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of a run are far below 2^53"
    )]
    pub fn mean_us(&self) -> Option<f64> {
        let sum: f64 = self
            .buckets()
            .map(|(lowest_us, count)| {
                f64::midpoint(lowest_us as f64, highest_of(lowest_us) as f64) * count as f64
            })
            .sum();
        (!self.is_empty()).then(|| sum / self.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bucket_of;

    #[test]
    fn a_summary_is_read_from_the_buckets() {
        assert_eq!(Histogram::new().summary(), None);
        let mut times = Histogram::new();
        for (us, count) in [(1_000, 98), (2_000, 1), (1_000_000, 1)] {
            times.add_bucket(bucket_of(us), count);
        }
        let summary = times.summary().expect("samples");
        assert_eq!((summary.samples, summary.min_us), (100, 1_000));
        assert!(
            (1_000_000..1_001_000).contains(&summary.max_us),
            "{summary:?}"
        );
        assert!((summary.mean_us - 11_000.0).abs() < 6.0, "{summary:?}");
        let (p50, p99) = (summary.percentiles_us[0], summary.percentiles_us[7]);
        assert_eq!((p50, p99), (Some(1_000), Some(2_000)));
        assert_eq!(summary.percentiles_us[10], Some(summary.max_us));
    }
}
