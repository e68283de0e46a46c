//! Merges what shards report and closes seconds.

use std::collections::VecDeque;

use crate::engine::{INTERVAL_US, Report, Swarm};
use crate::model::Recent;
use crate::run::delivery::{DeliveryWatch, own_undelivered};
use crate::run::health::Health;
use crate::run::level::LevelGauge;
use crate::run::snapshot::{GeneratorHealth, Latencies};
use crate::run::tables::{Rates, float};
use crate::stats::{
    Archive, Counted, Counts, Interval, Ladder, NameWindows, Row, Times, Totals, Window, grace_us,
};
use crate::verdict::Watch;

/// Intervals in a second.
const TICKS: u64 = 1_000_000 / INTERVAL_US;
/// A second is closed this many ticks late at the most, whoever has not reported.
const GRACE_TICKS: u64 = 4;
/// Percentiles of "now" cover this many seconds.
const WINDOW_S: usize = 10;
/// Rates of "now" cover this many closed seconds.
const RATE_S: usize = 3;

/// Everything that is added up over a run. Owned by the controller.
#[derive(Debug)]
pub(super) struct Aggregator {
    pub(super) totals: Totals,
    /// The same, slice by slice.
    pub(super) archive: Archive,
    /// The criteria of the run.
    pub(super) watch: Watch,
    /// The level of a search that is measured.
    pub(super) level: Option<LevelGauge>,
    /// Planned task starts, and which of them are judged.
    pub(super) delivery: DeliveryWatch,
    window: Window,
    /// The same by name, where the run asks for it.
    by_name: Option<NameWindows>,
    health: Health,
    /// Reports for seconds that are not open yet: a shard may be ahead of
    /// another by the grace at the most.
    early: VecDeque<Report>,
    /// The latest tick of each shard.
    ticks: Vec<u64>,
    /// The users of each shard at its latest tick.
    users: Vec<u64>,
    /// Those at its latest tick of the open second.
    users_in_second: Vec<u64>,
    /// The second that is open, counted from 1.
    open_s: u64,
    /// The second in which the statistics were zeroed last; 0 if never.
    reset_s: u64,
    meters: Vec<Meter>,
    meter_all: Meter,
    /// Counts of the open second.
    starts: Counts,
}

/// Counts requests and failures of the last closed seconds.
#[derive(Clone, Debug, Default)]
struct Meter {
    open: (u64, u64),
    closed: [(u64, u64); RATE_S],
}

impl Meter {
    fn add(&mut self, requests: u64, failures: u64) {
        self.open.0 += requests;
        self.open.1 += failures;
    }

    fn close(&mut self) -> (u64, u64) {
        let closed = std::mem::take(&mut self.open);
        self.closed.rotate_right(1);
        self.closed[0] = closed;
        closed
    }

    /// Rates over the closed seconds, of which there are `seconds`.
    fn rates(&self, seconds: u64) -> Rates {
        let seconds = usize::try_from(seconds).unwrap_or(RATE_S).min(RATE_S);
        if seconds == 0 {
            return Rates::default();
        }
        let sum = |part: fn(&(u64, u64)) -> u64| {
            let counted: u64 = self.closed[..seconds].iter().map(part).sum();
            float(counted) / float(seconds as u64)
        };
        Rates {
            rps: sum(|second| second.0),
            fps: sum(|second| second.1),
        }
    }
}

impl Aggregator {
    pub(super) fn new(names: usize, shards: usize, recent: Recent, watch: Watch) -> Self {
        Self {
            totals: Totals::new(names),
            archive: Archive::new(0),
            watch,
            level: None,
            delivery: DeliveryWatch::default(),
            window: Window::new(WINDOW_S),
            by_name: (recent == Recent::ByName).then(|| NameWindows::new(names, WINDOW_S)),
            health: Health::new(shards),
            early: VecDeque::new(),
            ticks: vec![0; shards],
            users: vec![0; shards],
            users_in_second: vec![0; shards],
            open_s: 1,
            reset_s: 0,
            meters: vec![Meter::default(); names],
            meter_all: Meter::default(),
            starts: Counts::default(),
        }
    }

    /// Zeroes the statistics, so late in the run; the numbers of the seconds go on.
    pub(super) fn reset(&mut self, at_us: u64) {
        let names = self.totals.names.len();
        self.totals = Totals::new(names);
        self.archive = Archive::new(at_us / 1_000);
        self.watch.reset();
        self.window = Window::new(WINDOW_S);
        if let Some(by_name) = &mut self.by_name {
            *by_name = NameWindows::new(names, WINDOW_S);
        }
        self.meters = vec![Meter::default(); names];
        self.meter_all = Meter::default();
        self.starts = Counts::default();
        self.delivery.reset(self.open_s);
        self.early.clear();
        self.reset_s = self.open_s;
    }

    /// Takes a report in. `epoch` is the number of resets so far: what was
    /// counted before the last one counts no more. The report's buffers go
    /// back to `swarm` when they have been read.
    pub(super) fn add(&mut self, report: Report, epoch: u32, swarm: &Swarm) {
        self.health.add(&report);
        // A shard that has ended is not waited for.
        self.ticks[report.shard] = if report.last { u64::MAX } else { report.tick };
        self.users[report.shard] = report.users;
        if report.epoch != epoch {
            return swarm.recycle(report);
        }
        self.totals.add(&report.interval);
        if report.tick > self.open_s * TICKS && !report.last {
            self.early.push_back(report);
        } else {
            self.fill(&report);
            swarm.recycle(report);
        }
    }

    /// Closes the open second if it is complete at `now_tick`; call again
    /// until `None`. `planned_users` gives the plan at the end of a second,
    /// `reading` what a probe read last.
    pub(super) fn close_second(
        &mut self,
        now_tick: u64,
        planned_users: impl Fn(u64) -> u32,
        reading: &dyn Fn(&str) -> Option<f64>,
        swarm: &Swarm,
    ) -> Option<(Row, &Times)> {
        let end_tick = self.open_s * TICKS;
        let complete = now_tick >= end_tick && self.ticks.iter().all(|&tick| tick >= end_tick);
        if !complete && now_tick < end_tick + GRACE_TICKS {
            return None;
        }
        let end_s = self.open_s;
        self.archive.close(end_s * 1_000);
        let (requests, failures) = self.meter_all.close();
        self.meters.iter_mut().for_each(|meter| {
            meter.close();
        });
        self.window.close_second();
        if let Some(by_name) = &mut self.by_name {
            by_name.close_second();
        }
        self.watch.set_grace(self.grace_us());
        self.watch
            .close_second(end_s, end_s > self.reset_s, reading);
        if let Some(level) = &mut self.level {
            level.close_second(end_s, end_s > self.reset_s, reading);
        }
        let (service, response) = self.window.last().percentiles();
        let starts = std::mem::take(&mut self.starts);
        let delivery = self.delivery.close_second(end_s, self.grace_us());
        // Before reports of the next second are taken in.
        let users = self.users_in_second.iter().sum();
        self.open_s += 1;
        for report in std::mem::take(&mut self.early) {
            if report.tick > self.open_s * TICKS {
                self.early.push_back(report);
            } else {
                self.fill(&report);
                swarm.recycle(report);
            }
        }
        let row = Row {
            end_s,
            width_s: 1,
            requests,
            failures,
            service,
            response,
            scheduled: starts.arrivals_scheduled,
            started: starts.arrivals_started,
            dropped: starts.arrivals_dropped,
            planned: delivery.planned,
            undelivered: delivery.undelivered,
            overdue: delivery.overdue,
            users,
            planned_users: u64::from(planned_users(end_s)),
        };
        Some((row, self.window.last()))
    }

    /// The load ends so late in the run.
    pub(super) fn stop(&mut self, at_us: u64) {
        self.watch.stop(at_us);
        self.delivery.stop(at_us);
    }

    /// Closes what is left of the archive when all shards have ended, so late
    /// in the run.
    pub(super) fn close_archive(&mut self, at_us: u64) {
        for report in &self.early {
            self.archive.add(&report.interval);
            self.delivery.add(report);
        }
        self.delivery.finish();
        self.archive.close(at_us / 1_000);
    }

    /// Users running.
    pub(super) fn users(&self) -> u64 {
        self.users.iter().sum()
    }

    /// Whether a second was counted from its beginning to its end, so that
    /// there are rates of the last seconds.
    pub(super) fn knows_a_second(&self) -> bool {
        self.whole_seconds() > 0
    }

    /// The second that was open at the last reset, 0 without one. It is
    /// counted in part: as a rate it would be a dip that never was.
    pub(super) fn cut_second_s(&self) -> u64 {
        self.reset_s
    }

    /// The second that is open, counted from 1.
    pub(super) fn open_s(&self) -> u64 {
        self.open_s
    }

    /// Closed seconds that were counted from their beginning.
    fn whole_seconds(&self) -> u64 {
        (self.open_s - 1).saturating_sub(self.reset_s)
    }

    /// Rates by name over the last closed seconds.
    pub(super) fn recent(&self) -> Vec<Rates> {
        self.meters
            .iter()
            .map(|meter| meter.rates(self.whole_seconds()))
            .collect()
    }

    /// Rates over the last closed seconds.
    pub(super) fn recent_all(&self) -> Rates {
        self.meter_all.rates(self.whole_seconds())
    }

    /// Latencies of the last seconds.
    pub(super) fn now(&self) -> Latencies {
        let (service, response) = self.window.percentiles();
        Latencies { service, response }
    }

    /// Service times of the last seconds, at all steps of the ladder.
    pub(super) fn now_ladder_us(&self) -> Ladder {
        self.window.ladder_us()
    }

    /// The same by name; nothing where the run does not ask for it.
    pub(super) fn now_by_name(&self) -> Option<&NameWindows> {
        self.by_name.as_ref()
    }

    /// Latencies of the whole run.
    pub(super) fn total(&self) -> Latencies {
        Latencies {
            service: self.totals.all.percentiles(),
            response: self.totals.all.response_percentiles(),
        }
    }

    /// How long a planned start may wait at the end and be unfinished.
    pub(super) fn grace_us(&self) -> u64 {
        grace_us(self.totals.all.percentiles().p99_us)
    }

    /// How the generator is.
    pub(super) fn generator(&self) -> GeneratorHealth {
        GeneratorHealth {
            cpu_share: self.health.busiest(),
            lateness_p99_us: self.totals.lateness.quantile_us(0.99),
        }
    }

    /// The CPU share of the busiest shard while it last had users.
    pub(super) fn busiest_shard(&self) -> Option<f64> {
        self.health.busiest_loaded()
    }

    fn fill(&mut self, report: &Report) {
        let interval: &Interval = &report.interval;
        self.users_in_second[report.shard] = report.users;
        self.window.add(interval);
        self.archive.add(interval);
        if let Some(by_name) = &mut self.by_name {
            by_name.add(interval);
        }
        self.watch.add(interval);
        if let Some(level) = &mut self.level {
            level.add(self.open_s, interval);
            level.see_own(self.open_s, own_undelivered(report));
        }
        self.starts.add(&interval.counts);
        self.delivery.add(report);
        for delta in &interval.names {
            if delta.counted == Counted::InAll {
                self.meter_all.add(delta.requests, delta.failures);
            }
            if let Some(meter) = delta.name.and_then(|id| self.meters.get_mut(id.index())) {
                meter.add(delta.requests, delta.failures);
            }
        }
    }
}
