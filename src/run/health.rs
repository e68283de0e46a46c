//! How the shards themselves are.

use crate::engine::Report;
use crate::run::tables::float;

/// The CPU share of each shard in its latest interval.
#[derive(Debug)]
pub(super) struct Health(Vec<Option<f64>>);

impl Health {
    pub(super) fn new(shards: usize) -> Self {
        Self(vec![None; shards])
    }

    pub(super) fn add(&mut self, report: &Report) {
        if let (Some(share), Some(cpu_us)) = (self.0.get_mut(report.shard), report.cpu_us) {
            *share = (report.wall_us > 0).then(|| (float(cpu_us) / float(report.wall_us)).min(1.0));
        }
    }

    /// The busiest shard's share, 0 to 1.
    pub(super) fn busiest(&self) -> Option<f64> {
        self.0.iter().flatten().copied().reduce(f64::max)
    }
}
