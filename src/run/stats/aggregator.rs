//! Merges what shards report and closes seconds.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::engine::{INTERVAL_US, Report, Swarm};
use crate::model::{ClassId, Recent};
use crate::program::Program;
use crate::run::controller::host_load::HostLoad;
use crate::run::limit::level::LevelStats;
use crate::run::stats::delivery::{DeliveryWatch, own_undelivered};
use crate::run::stats::health::Health;
use crate::run::stats::meter::Meter;
use crate::run::stats::samples::Samples;
use crate::run::stats::snapshot::{GeneratorHealth, Latencies};
use crate::run::stats::stat_row::Rates;
use crate::stats::{
    Archive, Counted, Counts, Delay, Delays, Gap, Interval, NameWindows, PercentileSet, Row, Slice,
    Times, Totals, Window, grace_us,
};
use crate::verdict::{Circumstances, CriteriaMonitor, Disturbance, Disturbed, disturbing_from_us};

/// Intervals in a second.
const TICKS: u64 = 1_000_000 / INTERVAL_US;
/// A second is closed this many ticks late at the most, whichever shards have not reported.
const GRACE_TICKS: u64 = 4;
/// Percentiles of "now" cover this many seconds.
const WINDOW_S: usize = 10;

/// Everything that is added up over a run. Owned by the controller.
#[derive(Debug)]
pub(crate) struct Aggregator {
    totals: Totals,
    /// The same, slice by slice.
    archive: Archive,
    /// Samples of failing responses.
    samples: Samples,
    /// The criteria of the run.
    watch: CriteriaMonitor,
    /// The level of a search that is measured.
    level: Option<LevelStats>,
    /// Planned task starts, and which of them are judged.
    delivery: DeliveryWatch,
    window: Window,
    /// The same by name, where the run asks for it.
    by_name: Option<NameWindows>,
    /// The CPU use of the shards.
    health: Health,
    /// The delays of the shards themselves.
    delays: Delays,
    /// The current disturbance, if it is worth reporting.
    disturbance: Disturbance,
    host_load: HostLoad,
    /// The tick at which closing a second was last tried.
    seen_tick: u64,
    /// The tick at which this, the control plane, continued after a standstill.
    resumed_tick: u64,
    /// Reports for seconds that are not open yet: a shard may be ahead of
    /// another by the grace at the most.
    early: VecDeque<Report>,
    /// The latest tick of each shard.
    ticks: Vec<u64>,
    /// The users of each shard at its latest tick.
    users: Vec<u64>,
    /// The most users at the end of an interval.
    peak_users: u64,
    /// The users in their places, by class, of each shard at its latest tick.
    users_by_class: Vec<Vec<u32>>,
    /// Those at its latest tick of the open second.
    users_in_second: Vec<u64>,
    /// The second that is open, counted from 1.
    open_s: u64,
    /// The second in which the statistics were zeroed last; 0 if never.
    reset_s: u64,
    /// Of each shard that has nothing left to do: how many commands it had
    /// carried out when it reported that.
    done: Vec<Option<u64>>,
    meters: Vec<Meter>,
    meter_all: Meter,
    /// Counts of the open second.
    starts: Counts,
    /// Sum of the service times of the open second.
    sum_us: u64,
    /// Requests that waited for their response when the last second was closed.
    in_flight: u64,
}

impl Aggregator {
    pub(crate) fn new(names: usize, shards: usize, recent: Recent, watch: CriteriaMonitor) -> Self {
        Self {
            totals: Totals::new(names),
            archive: Archive::new(0),
            samples: Samples::default(),
            watch,
            level: None,
            delivery: DeliveryWatch::default(),
            window: Window::new(WINDOW_S),
            by_name: (recent == Recent::ByName).then(|| NameWindows::new(names, WINDOW_S)),
            health: Health::new(shards),
            delays: Delays::default(),
            disturbance: Disturbance::default(),
            host_load: HostLoad::default(),
            seen_tick: 0,
            resumed_tick: 0,
            early: VecDeque::new(),
            ticks: vec![0; shards],
            users: vec![0; shards],
            peak_users: 0,
            users_by_class: vec![Vec::new(); shards],
            users_in_second: vec![0; shards],
            open_s: 1,
            reset_s: 0,
            done: vec![None; shards],
            meters: vec![Meter::default(); names],
            meter_all: Meter::default(),
            starts: Counts::default(),
            sum_us: 0,
            in_flight: 0,
        }
    }

    /// Everything counted since the start or the last reset.
    pub(crate) fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The same, slice by slice.
    pub(super) fn slices(&self) -> Arc<[Arc<Slice>]> {
        self.archive.slices()
    }

    /// Samples of failing responses.
    pub(crate) fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The criteria of the run.
    pub(crate) fn criteria(&self) -> &CriteriaMonitor {
        &self.watch
    }

    /// The level of a search that is measured.
    pub(crate) fn level(&self) -> Option<&LevelStats> {
        self.level.as_ref()
    }

    pub(crate) fn set_level(&mut self, level: Option<LevelStats>) {
        self.level = level;
    }

    /// Adds closed seconds to the level that is measured.
    pub(crate) fn add_to_level(&mut self, rows: &[Row]) {
        if let Some(level) = &mut self.level {
            level.add_rows(rows);
        }
    }

    /// Planned task starts, and which of them are judged.
    pub(super) fn delivery(&self) -> &DeliveryWatch {
        &self.delivery
    }

    /// Whether the seconds from a moment on are judged by what they deliver.
    pub(crate) fn set_judged(&mut self, at_us: u64, is_judged: bool) {
        self.delivery.set_judged(at_us, is_judged);
    }

    /// The delays of the shards themselves.
    pub(crate) fn delays(&self) -> &Delays {
        &self.delays
    }

    /// The load has ended: the criteria judge nothing that comes after it.
    pub(crate) fn end_load(&mut self, at_us: u64) {
        self.watch.stop(at_us);
    }

    /// The busiest shard's share of its time, 0 to 1: over the last seconds.
    pub(crate) fn busiest_shard(&self) -> Option<f64> {
        self.health.busiest()
    }

    /// The same over the run.
    pub(crate) fn busiest_shard_of_run(&self) -> Option<f64> {
        self.health.busiest_of_run()
    }

    /// Whether no shard has anything left to do, of which each was sent so many
    /// commands: one that has not seen the latest may be about to continue.
    pub(crate) fn is_done(&self, sent: u64) -> bool {
        self.done.iter().all(|done| *done == Some(sent))
    }

    /// Zeroes the statistics, so late in the run; the numbers of the seconds continue.
    pub(crate) fn reset(&mut self, at_us: u64) {
        let names = self.totals.names.len();
        self.totals = Totals::new(names);
        self.archive = Archive::new(at_us / 1_000);
        self.samples = Samples::default();
        self.watch.reset();
        self.window = Window::new(WINDOW_S);
        if let Some(by_name) = &mut self.by_name {
            *by_name = NameWindows::new(names, WINDOW_S);
        }
        self.meters = vec![Meter::default(); names];
        self.meter_all = Meter::default();
        self.starts = Counts::default();
        // What is in flight is reported as started anew.
        (self.sum_us, self.in_flight) = (0, 0);
        self.delivery.reset();
        self.early.clear();
        self.delays.reset();
        self.health.reset();
        self.peak_users = self.users();
        self.reset_s = self.open_s;
    }

    /// Takes a report in. `epoch` is the number of resets so far: what was
    /// counted before the last one counts no more. The report's buffers go
    /// back to `swarm` when they have been read. the program knows what is
    /// hidden of responses.
    pub(crate) fn add(&mut self, report: Report, epoch: u32, program: &Program, swarm: &Swarm) {
        self.health.add(&report);
        // A shard that has ended is not waited for.
        self.ticks[report.shard] = if report.last { u64::MAX } else { report.tick };
        self.users[report.shard] = report.users;
        self.peak_users = self.peak_users.max(self.users());
        self.done[report.shard] = report.is_done.then_some(report.commands_done);
        let by_class = &report.interval.users_by_class;
        self.users_by_class[report.shard].clone_from(by_class);
        if report.epoch != epoch {
            return swarm.recycle(report);
        }
        self.totals.add(&report.interval);
        if let Some(gap) = report.interval.delay.gap {
            self.delays.add_gap(gap);
        }
        self.samples.add(program, &report.interval.samples);
        if report.tick > self.open_s * TICKS {
            self.early.push_back(report);
        } else {
            self.fill(&report);
            swarm.recycle(report);
        }
    }

    /// Closes the open second if it is complete at `now_tick`; call again
    /// until `None`. `planned_users` gives the plan at the end of a second,
    /// `reading` what a probe read last.
    pub(crate) fn close_second(
        &mut self,
        now_tick: u64,
        planned_users: impl Fn(u64) -> u32,
        reading: &dyn Fn(&str) -> Option<f64>,
        swarm: &Swarm,
    ) -> Option<(Row, &Times)> {
        let end_tick = self.open_s * TICKS;
        let complete = now_tick >= end_tick && self.ticks.iter().all(|&tick| tick >= end_tick);
        if now_tick > self.seen_tick + GRACE_TICKS {
            self.resumed_tick = now_tick;
        }
        self.seen_tick = now_tick;
        // Where all of the process stood still, shards report as soon as they can.
        if !complete && now_tick < end_tick.max(self.resumed_tick) + GRACE_TICKS {
            return None;
        }
        let end_s = self.open_s;
        self.add_missing_gaps(end_tick);
        let delay = self.delays.close_second(end_s);
        self.archive.close(end_s * 1_000);
        let (requests, failures) = self.meter_all.close();
        self.meters.iter_mut().for_each(|meter| {
            meter.close();
        });
        self.window.close_second();
        if let Some(by_name) = &mut self.by_name {
            by_name.close_second();
        }
        let grace_us = self.grace_us();
        self.watch.set_grace(grace_us);
        let (is_full, delays) = (end_s > self.reset_s, &self.delays);
        self.watch.close_second(end_s, is_full, reading, delays);
        if let Some(level) = &mut self.level {
            level.watch.set_grace(grace_us);
            level.close_second(end_s, is_full, reading, delays);
        }
        self.update_disturbance(end_s, delay);
        let (service, response) = self.window.last().percentiles();
        let starts = std::mem::take(&mut self.starts);
        let sum_us = std::mem::take(&mut self.sum_us);
        let ended = starts.succeeded + starts.failed + starts.cut_off;
        self.in_flight = (self.in_flight + starts.requests_started).saturating_sub(ended);
        let delivery = self.delivery.close_second(end_s, grace_us);
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
            sum_us,
            fastest_us: self.window.last().service.fastest_us(),
            in_flight: self.in_flight,
            planned: delivery.planned,
            undelivered: delivery.undelivered,
            overdue: delivery.overdue,
            users,
            planned_users: u64::from(planned_users(end_s)),
            delay_us: delay.largest_us,
        };
        Some((row, self.window.last()))
    }

    /// Closes what is left of the archive when all shards have ended, so late
    /// in the run.
    pub(crate) fn close_archive(&mut self, at_us: u64) {
        for report in &self.early {
            self.archive.add(&report.interval);
            self.delivery.add(self.open_s, report);
        }
        self.delivery.finish();
        self.archive.close(at_us / 1_000);
    }

    /// Users running.
    pub(crate) fn users(&self) -> u64 {
        self.users.iter().sum()
    }

    /// The most users that ran at once since the start or the last reset, as far as
    /// ends of intervals show; `None` where these show none.
    pub(crate) fn peak_users(&self) -> Option<u64> {
        Some(self.peak_users).filter(|peak| *peak > 0)
    }

    /// Users of a class that are in their places and have begun to do something
    /// or are about to, as each shard last reported. Those that ended by
    /// themselves after that are among them.
    pub(crate) fn users_of(&self, class: ClassId) -> u32 {
        let of_shard = |users: &Vec<u32>| users.get(class.index()).copied().unwrap_or(0);
        self.users_by_class.iter().map(of_shard).sum()
    }

    /// Whether every shard has reported up to this moment.
    pub(crate) fn has_reported(&self, at_us: u64) -> bool {
        let ends_us = |tick: u64| tick.saturating_mul(INTERVAL_US);
        self.ticks.iter().all(|&tick| ends_us(tick) >= at_us)
    }

    /// Whether a second was counted from its beginning to its end, so that
    /// there are rates of the last seconds.
    pub(super) fn knows_a_second(&self) -> bool {
        self.whole_seconds() > 0
    }

    /// The second that was open at the last reset, 0 without one. It is
    /// counted in part: as a rate it would be a dip that never was.
    pub(crate) fn cut_second_s(&self) -> u64 {
        self.reset_s
    }

    /// The second that is open, counted from 1.
    pub(crate) fn open_s(&self) -> u64 {
        self.open_s
    }

    /// Closed seconds that were counted from their beginning.
    fn whole_seconds(&self) -> u64 {
        (self.open_s - 1).saturating_sub(self.reset_s)
    }

    /// Rates by name over the last closed seconds.
    pub(crate) fn recent(&self) -> Vec<Rates> {
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
    pub(crate) fn now(&self) -> Latencies {
        let (service, response) = self.window.percentiles();
        Latencies { service, response }
    }

    /// Percentiles of service times over the last seconds.
    pub(crate) fn now_percentiles_us(&self) -> PercentileSet {
        self.window.percentiles_us()
    }

    /// The same by name; nothing where the run does not ask for it.
    pub(super) fn now_by_name(&self) -> Option<&NameWindows> {
        self.by_name.as_ref()
    }

    /// Latencies of the whole run.
    pub(crate) fn total(&self) -> Latencies {
        Latencies {
            service: self.totals.all.percentiles(),
            response: self.totals.all.response_percentiles(),
        }
    }

    /// The time that a planned start may wait at the end and be unfinished.
    pub(crate) fn grace_us(&self) -> u64 {
        grace_us(self.totals.all.percentiles().p99_us)
    }

    /// The health of the generator.
    pub(crate) fn generator(&self) -> GeneratorHealth {
        GeneratorHealth {
            cpu_share: self.health.busiest(),
            lateness_p99_us: self.totals.lateness.quantile_us(0.99),
            disturbed: None,
        }
    }

    /// The current disturbance.
    pub(crate) fn disturbed(&self) -> Option<Disturbed> {
        self.disturbance.now()
    }

    /// A second is closed without the reports of some shards: these did not
    /// turn for longer than the grace.
    fn add_missing_gaps(&mut self, end_tick: u64) {
        let to_us = end_tick * INTERVAL_US;
        for &tick in self.ticks.iter().filter(|&&tick| tick < end_tick) {
            let from_us = (tick * INTERVAL_US).max(to_us - 1_000_000);
            self.delays.add_gap(Gap { from_us, to_us });
        }
    }

    fn update_disturbance(&mut self, end_s: u64, delay: Delay) {
        let judged_us = self.watch.shortest_limit_us().or_else(|| {
            let (service, _) = self.window.percentiles();
            #[expect(clippy::cast_precision_loss, reason = "a time")]
            service.p99_us.map(|us| us as f64)
        });
        let (stolen_us, process_share) = self.host_load.lap();
        let second = Circumstances {
            delay,
            from_us: disturbing_from_us(judged_us.unwrap_or_default()),
            has_gap: self.delays.gap_in_second_us(end_s) > 0,
            stolen_us,
            process_share,
        };
        self.disturbance.see(end_s, &second);
    }

    fn fill(&mut self, report: &Report) {
        let interval: &Interval = &report.interval;
        self.users_in_second[report.shard] = report.users;
        self.delays.add(&interval.delay);
        self.window.add(interval);
        self.archive.add(interval);
        if let Some(by_name) = &mut self.by_name {
            by_name.add(interval);
        }
        self.watch.add(interval);
        if let Some(level) = &mut self.level {
            level.add(self.open_s, interval);
            level.add_own_undelivered(self.open_s, own_undelivered(report));
        }
        self.starts.add(&interval.counts);
        self.delivery.add(self.open_s, report);
        for delta in &interval.names {
            if delta.counted == Counted::InAll {
                self.meter_all.add(delta.requests, delta.failures);
                self.sum_us += delta.sum_us;
            }
            if let Some(meter) = delta.name.and_then(|id| self.meters.get_mut(id.index())) {
                meter.add(delta.requests, delta.failures);
            }
        }
    }
}
