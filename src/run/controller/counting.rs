//! The statistics of a run since its start or the last reset.

use crate::engine::{INTERVAL_US, Report, Swarm};
use crate::program::Program;
use crate::run::edits::steering::plan::Plan;
use crate::run::events::log::Log;
use crate::run::limit::level::LevelStats;
use crate::run::stats::aggregator::Aggregator;
use crate::run::stats::tables::seconds;
use crate::stats::Row;

/// How old a reading of a probe may be to be that of a second, in seconds.
const FRESH_S: f64 = 10.0;

/// The statistics, and when they begin.
#[derive(Debug)]
pub(crate) struct Counting {
    stats: Aggregator,
    /// The number of resets: reports of an earlier epoch do not count.
    epoch: u32,
    start_us: u64,
}

/// The seconds closed at a moment.
#[derive(Debug, Default)]
pub(crate) struct ClosedSeconds {
    /// Those that were counted from their beginning.
    pub(crate) rows: Vec<Row>,
    /// Whether any second was closed, counted in full or in part.
    pub(crate) is_any: bool,
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

    /// Closes the seconds that are complete: those that were counted from their
    /// beginning, with the times measured in them.
    pub(crate) fn close_seconds(
        &mut self,
        elapsed_us: u64,
        plan: &Plan,
        swarm: &Swarm,
        log: &Log,
    ) -> ClosedSeconds {
        let planned = |end_s: u64| plan.users_at(end_s * 1_000_000);
        let from_s = seconds(elapsed_us) - FRESH_S;
        let reading = |name: &str| log.reading(name, from_s);
        let cut_second_s = self.stats.cut_second_s();
        let now_tick = elapsed_us / INTERVAL_US;
        let mut closed = ClosedSeconds::default();
        while let Some((row, times)) = self.stats.close_second(now_tick, planned, &reading, swarm) {
            if row.end_s > cut_second_s {
                log.push_second(row, times);
                closed.rows.push(row);
            }
            closed.is_any = true;
        }
        self.stats.add_to_level(&closed.rows);
        closed
    }

    /// Whether the seconds from a moment on are judged by what they deliver.
    pub(crate) fn set_judged(&mut self, at_us: u64, is_judged: bool) {
        self.stats.set_judged(at_us, is_judged);
    }

    /// Measures this level of a search from now on.
    pub(crate) fn measure_level(&mut self, level: LevelStats) {
        self.stats.set_level(Some(level));
    }

    /// Drops the level that was measured last.
    pub(crate) fn drop_level(&mut self) {
        self.stats.set_level(None);
    }

    /// The load has ended.
    pub(crate) fn end_load(&mut self, at_us: u64) {
        self.stats.end_load(at_us);
    }

    /// All shards have ended.
    pub(crate) fn close_archive(&mut self, at_us: u64) {
        self.stats.close_archive(at_us);
    }

    /// When the run was started or reset, in microseconds of the run.
    pub(crate) fn start_us(&self) -> u64 {
        self.start_us
    }

    pub(crate) fn add(&mut self, report: Report, program: &Program, swarm: &Swarm) {
        self.stats.add(report, self.epoch, program, swarm);
    }

    /// Makes the shards start a new epoch; [`reset`](Self::reset) comes next. Shards that
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
