//! A run from its start to its final figures.

use std::sync::Arc;
use std::time::Duration;

use crate::client::Clock;
use crate::engine::{INTERVAL_US, Report, Swarm, SwarmSetup};
use crate::model::{Change, Edit, Load, Rails, RunSpec, RunState, TimelineEntry, micros};
use crate::program::Program;
use crate::run::controller::counting::Counting;
use crate::run::controller::phase::{News, Pace, Phase};
use crate::run::controller::run_end::RunEnd;
use crate::run::controller::run_facts::RunFacts;
use crate::run::controller::stop_reason::StopReason;
use crate::run::controller::user_notices::UserNotices;
use crate::run::edits::edit_history::{Done, EditHistory, TIMELINE};
use crate::run::edits::steering::Steering;
use crate::run::evaluate::evaluation;
use crate::run::evaluate::run_faults::RunFaults;
use crate::run::events::details::{BurstRecovery, ChangeEvent};
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::events::log_throttle::LogThrottle;
use crate::run::limit::search::LimitSearch;
use crate::run::prepare::connectivity::Reached;
use crate::run::prepare::lookups::Moved;
use crate::run::prepare::preflight::Prepared;
use crate::run::prepare::watching::Watching;
use crate::run::stats::aggregator::Aggregator;
use crate::run::stats::published::Published;
use crate::run::stats::tables::seconds;
use crate::run::{Author, RunError};

/// What a probe read is what it reads for so many seconds, if it says nothing.
const FRESH_S: f64 = 10.0;

/// A run that has been started.
#[derive(Debug)]
pub(crate) struct RunTask {
    pub(crate) setup: SwarmSetup,
    pub(crate) phase: Phase,
    pub(crate) spec: RunSpec,
    pub(crate) facts: RunFacts,
    pub(crate) program: Arc<Program>,
    pub(crate) counting: Counting,
    pub(crate) steering: Steering,
    pub(crate) history: EditHistory,
    pub(crate) ending: RunEnd,
    pub(crate) user_notices: UserNotices,
    pub(super) log_throttle: LogThrottle,
    pub(crate) published: Published,
    pub(crate) faults: RunFaults,
    /// What looks for the highest load that keeps the criteria.
    pub(crate) search: Option<LimitSearch>,
}

impl RunTask {
    /// A run that is about to [`prepare`](Self::prepare).
    pub(crate) fn new(clock: Clock, shards: usize, rails: Arc<Rails>, prepared: Prepared) -> Self {
        let setup = prepared.setup(clock, shards);
        let Prepared {
            spec,
            program,
            protocols,
            watch,
            names: hosts,
            ..
        } = prepared;
        let started_unix_ms = clock.unix_us(setup.origin_us) / 1_000;
        Self {
            facts: RunFacts::new(&spec, &program, shards, started_unix_ms, protocols),
            setup,
            phase: Phase::new(Watching::new(watch, hosts)),
            search: LimitSearch::new(&spec, &program, &rails),
            counting: Counting::new(Aggregator::new(
                program.names.len(),
                shards,
                spec.recent,
                evaluation::watch(&spec, &program),
            )),
            steering: Steering::new(&spec, Arc::clone(&program), rails),
            program,
            history: EditHistory::new(&spec.timeline),
            spec,
            ending: RunEnd::open(),
            user_notices: UserNotices::default(),
            log_throttle: LogThrottle::default(),
            published: Published::default(),
            faults: RunFaults::default(),
        }
    }

    pub(crate) fn state(&self) -> RunState {
        self.phase.state()
    }

    /// The next message of its shards or hooks; waits for ever where there is none.
    /// Safe to cancel.
    pub(crate) async fn news(&mut self) -> News {
        self.phase.news().await
    }

    /// Says what was started.
    pub(super) fn log_start(
        &self,
        by: Option<Author>,
        reached: &[Reached],
        remarks: Vec<String>,
        log: &Log,
    ) {
        log.keep_past(self.past());
        let started = EventData::Started {
            scenario: self.spec.scenario.clone(),
            host: self.spec.host.clone(),
            load: self.spec.steered(),
        };
        log.push_event(Event::info(0, started).by_if(by));
        for reached in reached {
            log.push_event(Event::info(0, EventData::Target(reached.event())));
        }
        if let Some(text) = self.steering.rails().limit_rps(self.spec.max_rps).1 {
            log.push_event(Event::info(0, EventData::Remark(text)));
        }
        for remark in remarks {
            log.push_event(Event::warning(0, EventData::Remark(remark)));
        }
        self.announce_search(log);
    }

    /// Zeroes the statistics.
    pub(crate) async fn reset(&mut self, by: Author, log: &Log) {
        self.end_by_itself(log).await;
        if let Some(swarm) = self.phase.swarm() {
            self.counting.start_epoch(swarm).await;
        }
        self.counting.reset(self.elapsed_us());
        if let Some(search) = &mut self.search {
            search.begin_anew();
        }
        log.clear_seconds();
        log.keep_past(self.past());
        self.user_notices.reset();
        self.published.expire();
        let reset = Event::info(self.elapsed_us(), EventData::Reset);
        log.push_event(reset.by(by));
    }

    /// Has new connections made to other addresses, also those of `teardown`.
    pub(crate) async fn move_to(&mut self, moved: Moved) {
        for origin in moved.origins.iter() {
            if let Some(endpoint) = self.setup.endpoints.get_mut(origin.index()) {
                endpoint.addresses = moved.addresses.to_vec();
            }
        }
        if let Some(swarm) = self.phase.swarm() {
            swarm.move_to(&moved.origins, &moved.addresses).await;
        }
    }

    /// Takes a report in.
    pub(crate) fn add(&mut self, mut report: Report, log: &Log) {
        self.log_throttle
            .add(std::mem::take(&mut report.log_buffer));
        let at_us = self.elapsed_us();
        self.phase.log_excluded(&mut report, at_us, log);
        if let Some(swarm) = self.phase.swarm() {
            self.counting.add(report, &self.program, swarm);
        }
    }

    /// What time brings: closed seconds, the end of a ramp, the end of the run.
    pub(crate) async fn advance(&mut self, log: &Log) {
        // Before seconds are closed: what comes after the end is in no window.
        self.end_by_itself(log).await;
        self.see_load(self.elapsed_us());
        self.close_seconds(log);
        self.say_failed_users(log);
        self.say_users_without_row(log);
        self.log_throttle.write(log, self.elapsed_us(), false);
        // What ends already is not ended sooner by anything but impatience.
        if self.phase.loaded().is_none() {
            return;
        }
        let elapsed_us = self.elapsed_us();
        if self.phase.is_spawning() && elapsed_us >= self.steering.plan().end_us() {
            self.phase.set_pace(Pace::Running);
            let is_to_be_said = !self.is_searching();
            self.user_notices.set_spawned(is_to_be_said);
        }
        self.say_spawned(log);
        let run_time = self.steering.run_time();
        let is_due = run_time.is_some_and(|time| elapsed_us >= micros(time));
        if !is_due && self.phase.swarm().is_some_and(Swarm::is_broken) {
            self.stop(StopReason::ShardEnded, log).await;
        }
        if let Some(criterion) = self.aborting() {
            self.stop(StopReason::CriterionBroken(criterion), log).await;
        }
        self.seek(log).await;
        self.end_let_go(log).await;
    }

    /// Makes a change at once.
    ///
    /// # Errors
    /// The run is being stopped, or the change makes no sense now.
    pub(crate) async fn change(
        &mut self,
        change: Change,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        // Its shards may have ended by themselves a moment ago.
        self.end_by_itself(log).await;
        if !self.phase.is_open() {
            return Err(RunError::Stopping);
        }
        if self.is_searching() && !matches!(change, Change::RunTime(_) | Change::Resume) {
            return Err(RunError::Searching);
        }
        // Whole milliseconds, which a file says without loss.
        let at_us = self.elapsed_us() / 1_000 * 1_000;
        if change == Change::Undo {
            return self.undo(at_us, by, log).await;
        }
        self.change_at(at_us, change, by, log).await
    }

    async fn undo(&mut self, at_us: u64, by: Author, log: &Log) -> Result<Load, RunError> {
        let burst = self.steering.active_burst(at_us);
        // Taken even if it fails: it must not stand in the way of those before it.
        let back = self.history.take_latest(&by, burst);
        let mut undone = Vec::new();
        for change in &back.ok_or(RunError::NothingToUndo)? {
            let done = self.apply(at_us, change, &by, log).await?;
            if let Some(said) = done.and_then(|done| done.said) {
                self.history.keep(at_us, change);
                undone.push(said);
            }
        }
        self.see_load(at_us);
        let undone = EventData::Change(ChangeEvent::Undone(undone));
        log.push_event(Event::info(at_us, undone).by(by));
        Ok(self.steering.load())
    }

    async fn change_at(
        &mut self,
        at_us: u64,
        change: Change,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        let applied = self.apply(at_us, &change, &by, log).await;
        let is_burst = matches!(change, Change::Burst(_));
        if by == Author::new(TIMELINE) && !is_burst {
            self.steering.keep_as_planned();
        }
        self.see_load(at_us);
        let Some(done) = applied? else {
            return Ok(self.steering.load());
        };
        if let Some(said) = done.said {
            self.history.keep(at_us, &change);
            if !done.back.is_empty() {
                let burst = is_burst.then(|| self.steering.latest_burst());
                self.history.remember(&by, done.back, burst);
            }
            log.push_event(Event::info(at_us, EventData::Change(said)).by(by));
        } else if let Some(until_us) = done.burst_until_us {
            self.history.prolong_burst(until_us);
        }
        Ok(done.peak.unwrap_or(self.steering.load()))
    }

    /// Makes a change; `None` if it changes nothing.
    async fn apply(
        &mut self,
        at_us: u64,
        change: &Change,
        by: &Author,
        log: &Log,
    ) -> Result<Option<Done>, RunError> {
        let (steering, phase) = (&mut self.steering, &mut self.phase);
        match change {
            Change::Load(edit) => steering.edit(phase, at_us, *edit).await,
            Change::Burst(burst) => {
                let done = steering.burst(phase.swarm(), at_us, *burst, by).await?;
                steering.watch_recovery(at_us, || log.rows_from_opening());
                Ok(Some(done))
            }
            Change::EndBurst => Ok(steering.end_burst(phase.swarm(), at_us).await),
            Change::BackToPlan(of) => Ok(steering.back_to_plan(phase.swarm(), at_us, *of).await),
            Change::Behaviour(behaviour) => {
                steering.override_behaviour(phase.swarm(), behaviour).await
            }
            Change::RunTime(time) => steering.set_run_time(phase.swarm(), at_us, *time).await,
            Change::Pause => steering.pause(phase, at_us).await,
            Change::Resume => Ok(steering.resume(phase, at_us).await),
            Change::Undo => Ok(None),
        }
    }

    /// Changes the load now; not a change of an operator.
    pub(crate) async fn edit(&mut self, edit: Edit) -> Result<Option<Done>, RunError> {
        let at_us = self.elapsed_us();
        self.steering.edit(&mut self.phase, at_us, edit).await
    }

    /// How long until the next change that the scenario plans is due.
    pub(crate) fn until_planned(&self) -> Option<Duration> {
        let at = self.history.next_planned()?;
        let elapsed = Duration::from_micros(self.elapsed_us());
        let is_loaded = self.phase.loaded().is_some();
        is_loaded.then(|| at.saturating_sub(elapsed))
    }

    /// Makes the changes that the scenario plans up to now, each as if it was its
    /// time. Before the first user only the load is changed.
    pub(crate) async fn play_planned(&mut self, log: &Log) {
        let elapsed = Duration::from_micros(self.elapsed_us());
        let has_users = self.phase.swarm().is_some();
        for TimelineEntry { at, change } in self.history.take_due(elapsed, has_users) {
            let by = Author::new(TIMELINE);
            if let Err(why) = self.change_at(micros(at), change, by, log).await {
                let error = why.to_string();
                let missed = EventData::Change(ChangeEvent::NotPlayed { at, error });
                log.push_event(Event::warning(micros(at), missed));
            }
        }
    }

    /// What was changed, to be played again.
    pub(crate) fn played(&self) -> Vec<TimelineEntry> {
        self.history.played().to_vec()
    }

    pub(crate) fn elapsed_us(&self) -> u64 {
        if self.phase.is_preparing() {
            return 0;
        }
        self.ending
            .run_ended_us()
            .unwrap_or_else(|| self.setup.run_us(self.setup.clock.now_us()))
    }

    /// How long its load has lasted, up to its end once it has ended.
    pub(crate) fn measured_us(&self) -> u64 {
        self.ending
            .load_ended_us()
            .unwrap_or_else(|| self.elapsed_us())
    }

    pub(super) fn close_seconds(&mut self, log: &Log) {
        let now_tick = self.elapsed_us() / INTERVAL_US;
        let plan = self.steering.plan();
        let planned = |end_s: u64| plan.users_at(end_s * 1_000_000);
        let Some(swarm) = self.phase.swarm() else {
            return;
        };
        let cut_second_s = self.counting.stats().cut_second_s();
        let elapsed_s = seconds(self.elapsed_us());
        let reading = |name: &str| log.reading(name, elapsed_s - FRESH_S);
        let aggregator = self.counting.stats_mut();
        let mut closed = Vec::new();
        let mut has_closed = false;
        while let Some((row, times)) = aggregator.close_second(now_tick, planned, &reading, swarm) {
            if row.end_s > cut_second_s {
                log.push_second(row, times);
                closed.push(row);
            }
            has_closed = true;
        }
        if has_closed {
            log.keep_past(self.past());
        }
        if let Some(outcome) = self.steering.see_recovery(&closed) {
            let level = match outcome {
                BurstRecovery::After { .. } => Level::Info,
                BurstRecovery::Not { .. } => Level::Warning,
            };
            let recovered = EventData::Recovered(outcome);
            log.push_event(Event::new(self.elapsed_us(), level, recovered));
        }
        self.see_level(&closed);
    }
}
