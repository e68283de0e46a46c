//! The processor time of a shard's thread.

use crate::engine::shard::thread::Shard;

/// Measures the processor time of a shard's thread from interval to interval.
pub(crate) struct CpuMeter {
    cpu_us: Option<u64>,
    wall_us: u64,
}

impl CpuMeter {
    /// From now on.
    pub(crate) fn start(shard: &Shard) -> Self {
        Self {
            cpu_us: (shard.setup.thread_cpu_us)(),
            wall_us: shard.clock.now_us(),
        }
    }

    /// What it computed since the last lap, where that is known, and how long that was.
    pub(crate) fn lap(&mut self, shard: &Shard) -> (Option<u64>, u64) {
        let now = Self::start(shard);
        let cpu_us = now
            .cpu_us
            .zip(self.cpu_us)
            .map(|(now, before)| now.saturating_sub(before));
        let wall_us = now.wall_us.saturating_sub(self.wall_us);
        *self = now;
        (cpu_us, wall_us)
    }
}
