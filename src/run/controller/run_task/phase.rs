//! The phases of a run, each with all that only it has, and every step from one
//! to the next.

use std::mem;
use std::sync::Arc;

use crate::engine::{Report, Swarm, SwarmSetup};
use crate::model::{RunState, micros};
use crate::run::RunError;
use crate::run::controller::handle::{Ending, Why};
use crate::run::controller::load_end::{DueEnd, due_end, early_end};
use crate::run::controller::run_task::RunTask;
use crate::run::controller::stop_reason::StopReason;
use crate::run::evaluate::evaluation;
use crate::run::events::details::SetupEvent;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::prepare::lifecycle_hooks::Unprepared;
use crate::run::prepare::login_check;
use crate::run::prepare::lookups::Moved;
use crate::run::prepare::preparation::{Preparation, Ready, Teardown};
use crate::run::prepare::watching::Watching;

/// The time limit of tasks when a run is drained.
const DRAIN_US: u64 = 300_000_000;

/// A phase of a run.
#[derive(Debug)]
pub(crate) enum Phase {
    /// The health gate, `setup` and the login check, before the first user.
    Preparing {
        /// `None` until it is started.
        preparation: Option<Preparation>,
        watching: Watching,
        /// Whether the run stops when `setup` has ended.
        is_stopping: bool,
    },
    /// Users are started, run or are paused.
    Loading { live: Live, pace: Pace },
    /// Users finish their tasks and leave.
    Draining(Live),
    /// `teardown`, after the last user.
    TearingDown(Teardown),
    /// The final figures stand.
    Ended,
}

/// The shards, and the tasks beside them.
#[derive(Debug)]
pub(crate) struct Live {
    swarm: Swarm,
    watching: Watching,
}

/// The progress of a load towards what is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    Spawning,
    Running,
    Paused { since_us: u64 },
}

/// A message from the current phase of a run.
#[derive(Debug)]
pub(crate) enum News {
    Report(Box<Report>),
    /// Targets have other addresses.
    Moved(Moved),
    ShardsEnded,
    Prepared(Result<Ready, Unprepared>),
    TornDown(Result<(), String>),
}

impl Phase {
    /// The phase of a new run, whose preparation has not been started.
    pub(crate) fn new(watching: Watching) -> Self {
        Self::Preparing {
            preparation: None,
            watching,
            is_stopping: false,
        }
    }

    pub(crate) fn state(&self) -> RunState {
        match self {
            Self::Preparing {
                is_stopping: false, ..
            } => RunState::Spawning,
            Self::Loading { pace, .. } => match pace {
                Pace::Spawning => RunState::Spawning,
                Pace::Running => RunState::Running,
                Pace::Paused { .. } => RunState::Paused,
            },
            Self::Preparing { .. } | Self::Draining(_) | Self::TearingDown(_) => RunState::Stopping,
            Self::Ended => RunState::Stopped,
        }
    }

    /// Whether the run is active and has not been stopped.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.state(), RunState::Stopping | RunState::Stopped)
    }

    pub(crate) fn is_preparing(&self) -> bool {
        matches!(self, Self::Preparing { .. })
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self, Self::Ended)
    }

    /// The shards; `None` before the first user and after the last.
    pub(crate) fn swarm(&self) -> Option<&Swarm> {
        match self {
            Self::Loading { live, .. } | Self::Draining(live) => Some(&live.swarm),
            _ => None,
        }
    }

    /// The shards while there is a load to change.
    pub(crate) fn loaded(&self) -> Option<&Swarm> {
        match self {
            Self::Loading { live, .. } => Some(&live.swarm),
            _ => None,
        }
    }

    pub(crate) fn is_spawning(&self) -> bool {
        matches!(
            self,
            Self::Loading {
                pace: Pace::Spawning,
                ..
            }
        )
    }

    /// The start of the pause that lasts.
    pub(crate) fn paused_since_us(&self) -> Option<u64> {
        match self {
            Self::Loading {
                pace: Pace::Paused { since_us },
                ..
            } => Some(*since_us),
            _ => None,
        }
    }

    /// Changes the pace of a load.
    pub(crate) fn set_pace(&mut self, to: Pace) {
        if let Self::Loading { pace, .. } = self {
            *pace = to;
        }
    }

    /// The load has changed: users spawn again, unless they are paused.
    pub(crate) fn spawn_again(&mut self) {
        if self.paused_since_us().is_none() {
            self.set_pace(Pace::Spawning);
        }
    }

    /// The next message; waits for ever where there is none. Safe to cancel.
    pub(crate) async fn news(&mut self) -> News {
        match self {
            Self::Loading { live, .. } | Self::Draining(live) => live.news().await,
            Self::Preparing {
                preparation: Some(preparation),
                ..
            } => News::Prepared(preparation.done().await),
            Self::TearingDown(teardown) => News::TornDown(teardown.done().await),
            Self::Preparing { .. } | Self::Ended => std::future::pending().await,
        }
    }

    /// Logs which addresses take no connections.
    pub(crate) fn log_excluded(&mut self, report: &mut Report, at_us: u64, log: &Log) {
        if let Self::Loading { live, .. } | Self::Draining(live) = self {
            let excluded = mem::take(&mut report.excluded);
            live.watching.log_excluded(excluded, at_us, log);
        }
    }

    fn live_mut(&mut self) -> Option<&mut Live> {
        match self {
            Self::Loading { live, .. } | Self::Draining(live) => Some(live),
            _ => None,
        }
    }

    /// Preparing -> loading.
    fn load(&mut self, setup: &SwarmSetup, log: &Arc<Log>) -> Result<(), RunError> {
        let swarm = Swarm::start(setup)?;
        if let Self::Preparing { mut watching, .. } = mem::replace(self, Self::Ended) {
            watching.start(setup, log);
            let live = Live { swarm, watching };
            let pace = Pace::Spawning;
            *self = Self::Loading { live, pace };
        }
        Ok(())
    }

    /// The load ends: loading -> draining; a preparation stops when `setup` has ended.
    fn drain(&mut self) {
        *self = match mem::replace(self, Self::Ended) {
            Self::Loading { live, .. } => Self::Draining(live),
            Self::Preparing {
                preparation,
                watching,
                ..
            } => Self::Preparing {
                preparation,
                watching,
                is_stopping: true,
            },
            other => other,
        };
    }
}

impl Live {
    async fn news(&mut self) -> News {
        tokio::select! {
            report = self.swarm.report() => {
                report.map_or(News::ShardsEnded, |report| News::Report(Box::new(report)))
            }
            moved = self.watching.moved() => News::Moved(moved),
        }
    }
}

impl RunTask {
    /// Starts what has to be done before the first user; without it, the load.
    ///
    /// # Errors
    /// The operating system gives no thread for the shards.
    pub(crate) fn prepare(&mut self, log: &Arc<Log>) -> Result<(), RunError> {
        let once = &self.facts.program().once;
        if once.health.is_none()
            && once.setup.is_none()
            && !login_check::is_due(self.facts.program())
        {
            return self.begin(log);
        }
        let setup = self.one_off_setup();
        if let Phase::Preparing { preparation, .. } = &mut self.phase {
            *preparation = Some(Preparation::start(setup, Arc::clone(log)));
        }
        Ok(())
    }

    /// Starts the shards: from here on the run's time counts.
    fn begin(&mut self, log: &Arc<Log>) -> Result<(), RunError> {
        self.steering.set_up(&mut self.setup);
        self.setup.origin_us = self.setup.clock.now_us();
        self.phase.load(&self.setup, log)
    }

    /// Continues after the preparation: with the load, with `teardown`, or the end.
    pub(crate) fn after_preparation(&mut self, done: Result<Ready, Unprepared>, log: &Arc<Log>) {
        match done {
            Ok(Ready { variables, found }) => {
                self.setup.initial = Arc::new(variables);
                self.faults.set_found_before(found);
                // Stopped while `setup` ran: its end was waited for.
                if !self.phase.is_open() {
                    return self.tear_down(log);
                }
                if let Err(error) = self.begin(log) {
                    self.fail_preparation(&error.to_string());
                    self.tear_down(log);
                }
            }
            Err(why) => {
                self.fail_preparation(&why.to_string());
                let found = why.finding.into_iter().map(|finding| *finding);
                self.faults.set_found_before(found.collect());
                match why.left {
                    None => self.conclude(log),
                    Some(variables) => {
                        self.setup.initial = Arc::from(variables);
                        self.tear_down(log);
                    }
                }
            }
        }
    }

    fn fail_preparation(&mut self, why: &str) {
        self.ending.set_reason(StopReason::NotBegun);
        self.faults.set_not_begun(why);
    }

    /// Ends a load whose time is over, or in which nothing is left to do.
    pub(super) async fn end_by_itself(&mut self, log: &Log) {
        if let Some(DueEnd { at_us, why }) = due_end(self.view()) {
            let timeout_us = micros(self.facts.spec().stop_timeout);
            self.stop_at(at_us, timeout_us, why, log).await;
        }
    }

    /// Ends the run; one that is ending already ends sooner if asked to.
    pub(crate) async fn end(&mut self, why: Why, ending: Ending, log: &Log) {
        self.end_by_itself(log).await;
        if self.phase.is_open() {
            let at_us = self.elapsed_us();
            self.history.keep_end(at_us, self.steering.run_time());
        }
        match ending {
            Ending::Halt => self.halt(why, log).await,
            Ending::Stop => self.stop(why, log).await,
            Ending::Drain => self.stop_within(DRAIN_US, why, log).await,
        }
    }

    /// Stops all users; the run ends when they have left.
    pub(crate) async fn stop(&mut self, why: impl Into<Why>, log: &Log) {
        self.stop_within(micros(self.facts.spec().stop_timeout), why.into(), log)
            .await;
    }

    async fn stop_within(&mut self, timeout_us: u64, why: Why, log: &Log) {
        self.stop_at(self.elapsed_us(), timeout_us, why, log).await;
    }

    /// Stops all users; the load ended at `at_us`.
    async fn stop_at(&mut self, at_us: u64, timeout_us: u64, why: Why, log: &Log) {
        if self.phase.has_ended() || !self.ending.shorten(timeout_us) {
            return;
        }
        if let Some(swarm) = self.phase.swarm() {
            swarm.stop(at_us, timeout_us).await;
        }
        self.end_load(at_us, why, log);
        self.stop_preparing(log);
    }

    /// Ends the preparation of a run that is to stop, unless `setup` has begun:
    /// that may finish within the stop timeout, as a task may.
    fn stop_preparing(&mut self, log: &Log) {
        let Phase::Preparing { preparation, .. } = &self.phase else {
            return;
        };
        let now_us = self.setup.clock.now_us();
        let until_us = now_us.saturating_add(self.ending.timeout_us());
        let is_waited_for = |one: &Preparation| one.finish_setup(until_us);
        if !preparation.as_ref().is_some_and(is_waited_for) {
            self.conclude(log);
        }
    }

    /// Ends the run at once: nothing is sent any more, `on_stop` and `teardown` are
    /// skipped.
    pub(crate) async fn halt(&mut self, why: Why, log: &Log) {
        if self.phase.has_ended() {
            return;
        }
        self.ending.halt();
        let at_us = self.elapsed_us();
        if let Some(live) = self.phase.live_mut() {
            live.watching.stop();
            live.swarm.halt(at_us).await;
        }
        let why = Why {
            reason: StopReason::Halted(Box::new(why.reason)),
            ..why
        };
        self.end_load(at_us, why, log);
        if self.phase.swarm().is_none() {
            self.conclude(log);
        }
    }

    /// The load ended at `at_us`: nothing is planned any more.
    fn end_load(&mut self, at_us: u64, why: Why, log: &Log) {
        if self.phase.is_open() {
            self.ending.end_load(at_us);
            let early = early_end(self.view(), why.cause);
            self.ending.set_early(early);
            self.steering.stop(at_us);
            self.counting.end_load(at_us);
            self.steering.end_pause(&self.phase, at_us);
            self.phase.drain();
        }
        let reason = why.reason.clone();
        self.ending.set_reason(why.reason);
        let stopping = Event::info(at_us, EventData::Stopping { reason });
        log.push_event(stopping.by_if(why.by));
    }

    /// The shards have ended: nothing is counted any more.
    pub(crate) async fn finish(&mut self, log: &Log) {
        self.end_by_itself(log).await;
        self.close_seconds(log);
        let at_us = self.elapsed_us();
        self.ending.end_run(at_us);
        self.counting.close_archive(at_us);
        self.keep_past(log);
        self.user_notices = self.user_notices.report_idle(self.view(), log);
        self.log_throttle.write(log, at_us, true);
        self.steering.end_pause(&self.phase, at_us);
        self.phase.drain();
        if let Phase::Draining(Live { swarm, watching }) =
            mem::replace(&mut self.phase, Phase::Ended)
        {
            drop(watching);
            let joined = tokio::task::spawn_blocking(|| swarm.join());
            let faults = joined.await.unwrap_or_default();
            if !faults.is_empty() {
                let faults = faults.join("; ");
                let text = format!("internal error, please report this: {faults}");
                self.faults.set_own(&text);
            }
        }
        self.tear_down(log);
    }

    /// Runs `teardown`, if there is one; the final figures stand after it.
    fn tear_down(&mut self, log: &Log) {
        match self.facts.program().once.teardown {
            Some(entry) if !self.ending.is_halted() => {
                let teardown = Teardown::start(self.one_off_setup(), entry);
                self.phase = Phase::TearingDown(teardown);
            }
            _ => self.conclude(log),
        }
    }

    pub(crate) fn after_teardown(&mut self, done: Result<(), String>, log: &Log) {
        let (level, said) = match done {
            Ok(()) => (Level::Info, SetupEvent::TornDown),
            Err(failure) => (Level::Error, SetupEvent::TeardownFailed { failure }),
        };
        let at_us = self.elapsed_us();
        log.push_event(Event::new(at_us, level, EventData::Setup(said)));
        self.conclude(log);
    }

    /// The final figures stand.
    fn conclude(&mut self, log: &Log) {
        self.phase = Phase::Ended;
        let at_us = self.elapsed_us();
        self.ending.end_run(at_us);
        self.published.expire();
        if let Some(search) = &mut self.search {
            let why = self.ending.reason().to_string();
            log.push_event(search.conclude(&why, at_us));
            // The statistics of its last level are not needed any more.
            self.counting.drop_level();
        }
        self.judge(log);
        let judgement = self.published.judgement().map(Arc::as_ref);
        log.push_event(evaluation::final_event(self.view(), judgement));
    }

    /// The setup of a one-off: no users beside its own, no limit but that of
    /// requests per second.
    fn one_off_setup(&self) -> SwarmSetup {
        SwarmSetup {
            workloads: Vec::new().into(),
            run_time_us: self.steering.run_time().map(micros),
            limits: Arc::new(self.setup.limits.of_requests()),
            ..self.setup.clone()
        }
    }
}
