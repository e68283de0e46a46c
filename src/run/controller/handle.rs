//! The handle by which the rest of the program talks to the controller.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::model::{Change, Load, Rails, RunSpec, TimelineEntry};
use crate::program::Program;
use crate::run::controller::stop_reason::StopReason;
use crate::run::prepare::guardrails::Guardrails;
use crate::run::prepare::preflight::Prepared;
use crate::run::prepare::resolver::Resolver;
use crate::run::prepare::target_policy::admit;
use crate::run::{Author, Consent, EventData, Log, RunError, RunInfo, Snapshot};

/// The reason for the end of a run, and its author, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub(crate) reason: StopReason,
    pub(crate) by: Option<Author>,
    pub(crate) cause: EndCause,
}

/// The cause of an end, as far as it matters to the verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EndCause {
    /// The run's own plan, a rule of it, or the program.
    #[default]
    Run,
    /// An operator.
    Operator,
    /// An end that no operator chose: a signal to a run without a dashboard, or
    /// the dead man's switch.
    Interruption,
    /// All users have ended by themselves.
    NoUserLeft,
}

impl Why {
    /// An operator's wish.
    #[must_use]
    pub fn operator(by: Author) -> Self {
        Self {
            reason: StopReason::Operator,
            by: Some(by),
            cause: EndCause::Operator,
        }
    }

    /// A signal to a run without a dashboard.
    #[must_use]
    pub fn signal() -> Self {
        Self {
            reason: StopReason::Signal,
            by: None,
            cause: EndCause::Interruption,
        }
    }

    /// The dead man's switch of a run that was started from the dashboard.
    #[must_use]
    pub fn unattended() -> Self {
        Self {
            reason: StopReason::Unattended,
            by: None,
            cause: EndCause::Interruption,
        }
    }

    /// All users have ended by themselves.
    pub(super) fn no_user_left(reason: StopReason) -> Self {
        Self {
            reason,
            by: None,
            cause: EndCause::NoUserLeft,
        }
    }
}

impl From<StopReason> for Why {
    fn from(reason: StopReason) -> Self {
        Self {
            reason,
            by: None,
            cause: EndCause::default(),
        }
    }
}

impl From<&'static str> for Why {
    fn from(text: &'static str) -> Self {
        StopReason::Said(text).into()
    }
}

/// The commands of the controller; each gets a reply.
#[derive(Debug)]
pub(crate) enum Command {
    Start(Box<Prepared>, Option<Author>, Reply<Arc<RunInfo>>),
    Change(Change, Author, Reply<Load>),
    Stop(Why, Ending, Reply<()>),
    Abandon(String, Reply<()>),
    Reset(Author, Reply<()>),
    LogDemo(EventData, Author, Reply<()>),
    Clear(Reply<()>),
    Played(Reply<Vec<TimelineEntry>>),
}

/// The ways to end a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Tasks may run for as long as the run allows.
    Stop,
    /// Tasks may finish.
    Drain,
    /// At once.
    Halt,
}

type Reply<T> = oneshot::Sender<Result<T, RunError>>;

/// A handle to the controller. Clones are cheap and speak to the same one.
#[derive(Clone, Debug)]
pub struct Runs {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(crate) log: Arc<Log>,
    pub(crate) guard: Arc<Guardrails>,
    pub(crate) resolver: Resolver,
}

impl Runs {
    /// The same controller, which has names looked up by this resolver.
    #[must_use]
    pub fn with_resolver(self, resolver: Resolver) -> Self {
        Self { resolver, ..self }
    }

    /// Starts a run and says which it is. Comes back when its shards run;
    /// users spawn after that.
    ///
    /// # Errors
    /// A run is active, the target cannot be reached, the load is out of range,
    /// or a guard rail holds it back.
    pub async fn start(
        &self,
        spec: RunSpec,
        program: Arc<Program>,
        by: Option<Author>,
    ) -> Result<Arc<RunInfo>, RunError> {
        self.start_with(&Consent::default(), spec, program, by)
            .await
    }

    /// The same with a consent to its targets.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(
        &self,
        consent: &Consent,
        spec: RunSpec,
        program: Arc<Program>,
        by: Option<Author>,
    ) -> Result<Arc<RunInfo>, RunError> {
        if self.snapshot().state.is_active() {
            return Err(RunError::Active);
        }
        let prepared = Prepared::new(spec, program, &self.guard, consent, &self.resolver).await?;
        let prepared = Box::new(prepared);
        self.ask(|answer| Command::Start(prepared, by, answer))
            .await
    }

    /// Whether a run may have its users and its targets, without starting it;
    /// the consent to the targets is remembered.
    ///
    /// # Errors
    /// As [`start`](Self::start), except that no target has to respond.
    pub async fn admit(
        &self,
        consent: &Consent,
        spec: &RunSpec,
        program: &Program,
    ) -> Result<(), RunError> {
        let admitted = admit(spec, program, &self.guard, consent, &self.resolver).await;
        admitted.map(drop)
    }

    /// Changes the active run at once; the statistics continue. Returns the new
    /// load: for a burst, that at its height.
    ///
    /// # Errors
    /// No run is active or it is being stopped, the load is out of range or
    /// not steered, or the change makes no sense now.
    pub async fn change(&self, change: Change, by: Author) -> Result<Load, RunError> {
        self.ask(|answer| Command::Change(change, by, answer)).await
    }

    /// Stops the active run and comes back when its final figures stand; at
    /// once if none is active.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn stop(&self, why: impl Into<Why>) -> Result<(), RunError> {
        self.end(why.into(), Ending::Stop).await
    }

    /// As [`stop`](Self::stop), but tasks may finish, for five
    /// minutes at most or until the run is stopped.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn drain(&self, why: impl Into<Why>) -> Result<(), RunError> {
        self.end(why.into(), Ending::Drain).await
    }

    /// Ends the active run at once: every request is cut off, every connection
    /// closed, nothing is sent any more, no `on_stop`, no `teardown`. Comes
    /// back when its final figures stand; at once if none is active.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn halt(&self, why: impl Into<Why>) -> Result<(), RunError> {
        self.end(why.into(), Ending::Halt).await
    }

    /// Ramps the users of the active run down as fast as they came, and ends it
    /// after that; at once where its scenario plans task starts, or a part of
    /// the users. Comes back when that has begun. `why` is for people.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn abandon(&self, why: String) -> Result<(), RunError> {
        self.ask(|answer| Command::Abandon(why, answer)).await
    }

    async fn end(&self, why: Why, ending: Ending) -> Result<(), RunError> {
        self.ask(|answer| Command::Stop(why, ending, answer))
            .await?;
        let mut snapshots = self.snapshots.clone();
        let stopped = snapshots
            .wait_for(|snapshot| !snapshot.state.is_active())
            .await;
        stopped.map(drop).map_err(|_| RunError::Gone)
    }

    /// Zeroes the statistics; a running load continues.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn reset(&self, by: Author) -> Result<(), RunError> {
        self.ask(|answer| Command::Reset(by, answer)).await
    }

    /// What was changed in the run on show, in order of time, so that it can be
    /// played again: 1,000 changes at most.
    ///
    /// # Errors
    /// The controller has ended, or there is no run.
    pub async fn played_timeline(&self) -> Result<Vec<TimelineEntry>, RunError> {
        self.ask(Command::Played).await
    }

    /// Writes into the log of the active run what the demo does to it.
    ///
    /// # Errors
    /// No run is active.
    pub async fn log_demo(&self, data: EventData, by: Author) -> Result<(), RunError> {
        self.ask(|answer| Command::LogDemo(data, by, answer)).await
    }

    /// Puts a stopped run away: back to ready.
    ///
    /// # Errors
    /// A run is active.
    pub async fn clear(&self) -> Result<(), RunError> {
        self.ask(Command::Clear).await
    }

    /// The guard rails that hold for every run.
    #[must_use]
    pub fn rails(&self) -> &Rails {
        &self.guard.rails
    }

    /// The latest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }

    /// Snapshots as they are published; a slow reader misses some.
    #[must_use]
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// The log of closed seconds and events.
    #[must_use]
    pub fn log(&self) -> Arc<Log> {
        Arc::clone(&self.log)
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, RunError> {
        let (answer, answered) = oneshot::channel();
        self.commands
            .send(command(answer))
            .await
            .map_err(|_| RunError::Gone)?;
        answered.await.map_err(|_| RunError::Gone)?
    }
}
