use crate::stats::Histogram;

/// The shares of samples for which tables and files give a time: Locust's
/// columns of percentiles.
pub const PERCENTILES: [f64; 11] = [
    0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0,
];

/// Times in microseconds, one for each of [`PERCENTILES`]; `None` without samples.
pub type PercentileSet = [Option<u64>; PERCENTILES.len()];

impl Histogram {
    /// The times of all [`PERCENTILES`], none above the largest sample `max_us`.
    pub(crate) fn percentiles_us(&self, max_us: Option<u64>) -> PercentileSet {
        PERCENTILES.map(|share| {
            let us = self.quantile_us(share)?;
            // A bucket's upper end may lie above the largest sample in it.
            Some(max_us.map_or(us, |max_us| us.min(max_us)))
        })
    }
}
