//! The statistics of a run since its start or the last reset.

use crate::engine::{Report, Swarm};
use crate::program::Program;
use crate::run::stats::aggregator::Aggregator;

/// What is counted, and from when on.
#[derive(Debug)]
pub(crate) struct Counting {
    stats: Aggregator,
    /// The number of resets: reports of an earlier epoch do not count.
    epoch: u32,
    start_us: u64,
}

impl Counting {
    pub(crate) fn new(stats: Aggregator) -> Self {
        Self {
            stats,
            epoch: 0,
            start_us: 0,
        }
    }

    pub(crate) fn stats(&self) -> &Aggregator {
        &self.stats
    }

    pub(crate) fn stats_mut(&mut self) -> &mut Aggregator {
        &mut self.stats
    }

    /// When the run was started or reset, in microseconds of the run.
    pub(crate) fn start_us(&self) -> u64 {
        self.start_us
    }

    pub(crate) fn add(&mut self, report: Report, program: &Program, swarm: &Swarm) {
        self.stats.add(report, self.epoch, program, swarm);
    }

    /// Tells the shards to count anew; [`reset`](Self::reset) comes next. Shards that
    /// have not started have counted nothing, and know no epoch.
    pub(crate) async fn start_epoch(&mut self, swarm: &Swarm) {
        self.epoch += 1;
        swarm.reset(self.epoch).await;
    }

    /// Zeroes the statistics.
    pub(crate) fn reset(&mut self, at_us: u64) {
        self.stats.reset(at_us);
        self.start_us = at_us;
    }
}
