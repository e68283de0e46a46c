//! How the shards themselves are.

use crate::engine::Report;
use crate::run::tables::float;

/// The CPU shares of the shards, 0 to 1.
#[derive(Debug)]
pub(super) struct Health(Vec<Shares>);

/// The CPU shares of one shard; `None` where they are not known.
#[derive(Clone, Copy, Debug, Default)]
struct Shares {
    /// In its latest interval.
    latest: Option<f64>,
    /// Over the last few seconds in which it had users.
    loaded: Option<f64>,
}

/// The weight of a new interval in the share over the last seconds. With four
/// intervals a second its mean age is two and a half seconds.
const NEW: f64 = 0.1;

impl Health {
    pub(super) fn new(shards: usize) -> Self {
        Self(vec![Shares::default(); shards])
    }

    pub(super) fn add(&mut self, report: &Report) {
        let (Some(shares), Some(cpu_us)) = (self.0.get_mut(report.shard), report.cpu_us) else {
            return;
        };
        let share = (float(cpu_us) / float(report.wall_us)).min(1.0);
        shares.latest = (report.wall_us > 0).then_some(share);
        if let (Some(share), 1..) = (shares.latest, report.users) {
            let before = shares.loaded.unwrap_or(share);
            shares.loaded = Some(before + (share - before) * NEW);
        }
    }

    /// The busiest shard's share in its latest interval.
    pub(super) fn busiest(&self) -> Option<f64> {
        self.largest(|shares| shares.latest)
    }

    /// The busiest shard's share while it last had users.
    pub(super) fn busiest_loaded(&self) -> Option<f64> {
        self.largest(|shares| shares.loaded)
    }

    fn largest(&self, share: fn(&Shares) -> Option<f64>) -> Option<f64> {
        self.0.iter().filter_map(share).reduce(f64::max)
    }
}
