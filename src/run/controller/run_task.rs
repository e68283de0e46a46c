//! A run from its start to its final figures.

mod changes;
pub(crate) mod phase;

use std::sync::Arc;

use crate::client::Clock;
use crate::engine::{Report, Swarm, SwarmSetup};
use crate::model::{Rails, RunState, micros};
use crate::run::controller::counting::Counting;
use crate::run::controller::run_end::RunEnd;
use crate::run::controller::run_facts::RunFacts;
use crate::run::controller::run_task::phase::{News, Pace, Phase};
use crate::run::controller::run_view::RunView;
use crate::run::controller::stop_reason::StopReason;
use crate::run::controller::user_notices::UserNotices;
use crate::run::edits::edit_history::EditHistory;
use crate::run::edits::steering::Steering;
use crate::run::evaluate::evaluation;
use crate::run::evaluate::run_faults::RunFaults;
use crate::run::events::details::BurstRecovery;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::events::log_throttle::LogThrottle;
use crate::run::limit::search::LimitSearch;
use crate::run::prepare::connectivity::Reached;
use crate::run::prepare::lookups::Moved;
use crate::run::prepare::preflight::Prepared;
use crate::run::prepare::watching::Watching;
use crate::run::stats::aggregator::Aggregator;
use crate::run::stats::publish;
use crate::run::stats::published::Published;
use crate::run::{Author, RunInfo, Snapshot};
use crate::verdict::capacity_curve;

/// A run that has been started.
#[derive(Debug)]
pub(crate) struct RunTask {
    setup: SwarmSetup,
    phase: Phase,
    facts: RunFacts,
    counting: Counting,
    steering: Steering,
    history: EditHistory,
    ending: RunEnd,
    user_notices: UserNotices,
    log_throttle: LogThrottle,
    published: Published,
    faults: RunFaults,
    search: Option<LimitSearch>,
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
            history: EditHistory::new(&spec.timeline),
            facts: RunFacts::new(spec, program, shards, started_unix_ms, protocols),
            ending: RunEnd::open(),
            user_notices: UserNotices::default(),
            log_throttle: LogThrottle::default(),
            published: Published::default(),
            faults: RunFaults::default(),
        }
    }

    pub(crate) fn info(&self) -> &Arc<RunInfo> {
        self.facts.info()
    }

    pub(crate) fn state(&self) -> RunState {
        self.phase.state()
    }

    /// The next message of its shards or hooks; waits for ever where there is none.
    /// Safe to cancel.
    pub(crate) async fn news(&mut self) -> News {
        self.phase.news().await
    }

    /// Logs the start.
    pub(super) fn log_start(
        &self,
        by: Option<Author>,
        reached: &[Reached],
        remarks: Vec<String>,
        log: &Log,
    ) {
        self.keep_past(log);
        let spec = self.facts.spec();
        let started = EventData::Started {
            scenario: spec.scenario.clone(),
            host: spec.host.clone(),
            load: spec.steered(),
        };
        log.push_event(Event::info(0, started).by_if(by));
        for reached in reached {
            log.push_event(Event::info(0, EventData::Target(reached.event())));
        }
        if let Some(text) = self.steering.rails().limit_rps(spec.max_rps).1 {
            log.push_event(Event::info(0, EventData::Remark(text)));
        }
        for remark in remarks {
            log.push_event(Event::warning(0, EventData::Remark(remark)));
        }
        for remark in self.search.iter().flat_map(LimitSearch::remarks) {
            log.push_event(Event::info(0, EventData::Remark(remark.text.clone())));
        }
    }

    /// Zeroes the statistics.
    pub(crate) async fn reset(&mut self, by: Author, log: &Log) {
        self.end_by_itself(log).await;
        if let Some(swarm) = self.phase.swarm() {
            self.counting.start_epoch(swarm).await;
        }
        self.counting.reset(self.elapsed_us());
        if let Some(search) = &mut self.search {
            search.drop_level();
        }
        log.clear_seconds();
        self.keep_past(log);
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
            self.counting.add(report, self.facts.program(), swarm);
        }
    }

    /// Closes seconds, and acts on what is due: the end of a ramp, of a level, of the
    /// run.
    pub(crate) async fn advance(&mut self, log: &Log) {
        // Before seconds are closed: what comes after the end is in no window.
        self.end_by_itself(log).await;
        self.update_judged(self.elapsed_us());
        self.close_seconds(log);
        self.user_notices = self.user_notices.report_idle(self.view(), log);
        self.log_throttle.write(log, self.elapsed_us(), false);
        // What ends already is not ended sooner by anything but impatience.
        if self.phase.loaded().is_none() {
            return;
        }
        let elapsed_us = self.elapsed_us();
        if self.phase.is_spawning() && elapsed_us >= self.steering.plan().end_us() {
            self.phase.set_pace(Pace::Running);
            let is_searching = self.view().is_searching();
            self.user_notices.set_spawned(!is_searching);
        }
        self.user_notices = self.user_notices.report_spawned(self.view(), log);
        let run_time = self.steering.run_time();
        let is_due = run_time.is_some_and(|time| elapsed_us >= micros(time));
        if !is_due && self.phase.swarm().is_some_and(Swarm::is_broken) {
            self.stop(StopReason::ShardEnded, log).await;
        }
        if let Some(criterion) = evaluation::aborting(self.view(), self.published.criteria()) {
            self.stop(StopReason::CriterionBroken(criterion), log).await;
        }
        self.advance_search(log).await;
        self.end_abandoned(log).await;
    }

    pub(crate) fn elapsed_us(&self) -> u64 {
        if self.phase.is_preparing() {
            return 0;
        }
        self.ending
            .run_ended_us()
            .unwrap_or_else(|| self.setup.run_us(self.setup.clock.now_us()))
    }

    /// The run at this moment.
    fn view(&self) -> RunView<'_> {
        RunView {
            phase: &self.phase,
            facts: &self.facts,
            counting: &self.counting,
            steering: &self.steering,
            history: &self.history,
            ending: &self.ending,
            faults: &self.faults,
            search: self.search.as_ref(),
            elapsed_us: self.elapsed_us(),
            is_exhausted: self.setup.limits.is_exhausted(),
        }
    }

    /// The snapshot of the run; its tables are made once a second.
    pub(crate) fn snapshot(&mut self, generation: u64, log: &Log) -> Snapshot {
        if self.published.take_due() {
            self.published.show_tables(publish::tables(self.view()));
            self.judge(log);
            self.published.show_capacity(match &mut self.search {
                Some(search) => Some(search.capacity()),
                None => capacity_curve(&log.rows()).map(Arc::new),
            });
        }
        publish::snapshot(self.view(), &self.published, &self.user_notices, generation)
    }

    /// Judges the run as it stands, and logs which criteria have changed.
    fn judge(&mut self, log: &Log) {
        let now = evaluation::evaluate(self.view(), log);
        // Levels of a search are reported as such.
        if self.search.is_none() {
            let before = self.published.criteria();
            let lines = &now.judgement.criteria;
            evaluation::log_changes(before, lines, self.elapsed_us(), log);
        }
        self.published.show_judgement(now.judgement, now.plan_lines);
    }

    fn keep_past(&self, log: &Log) {
        log.keep_past(publish::past(self.view()));
    }

    fn close_seconds(&mut self, log: &Log) {
        let at_us = self.elapsed_us();
        let Some(swarm) = self.phase.swarm() else {
            return;
        };
        let plan = self.steering.plan();
        let closed = self.counting.close_seconds(at_us, plan, swarm, log);
        if closed.is_any {
            self.keep_past(log);
        }
        if let Some(outcome) = self.steering.decide_recovery(&closed.rows) {
            let level = match outcome {
                BurstRecovery::After { .. } => Level::Info,
                BurstRecovery::Not { .. } => Level::Warning,
            };
            let recovered = EventData::Recovered(outcome);
            log.push_event(Event::new(at_us, level, recovered));
        }
    }
}
