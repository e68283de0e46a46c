//! How the rest of the program talks to the controller.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::model::{Load, RunSpec};
use crate::program::Program;
use crate::run::preflight::Prepared;
use crate::run::{Log, RunError, RunInfo, Snapshot};

/// A change of a running load; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edit {
    /// Users to reach.
    pub users: Option<f64>,
    /// Users per second.
    pub spawn_rate: Option<f64>,
}

/// What the controller can be asked; each is answered.
#[derive(Debug)]
pub(super) enum Command {
    Start(Box<Prepared>, Answer<Arc<RunInfo>>),
    Edit(Edit, Answer<Load>),
    Stop(&'static str, Answer<()>),
    Reset(Answer<()>),
    Clear(Answer<()>),
}

type Answer<T> = oneshot::Sender<Result<T, RunError>>;

/// A handle to the controller. Clones are cheap and speak to the same one.
#[derive(Clone, Debug)]
pub struct Runs {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(super) log: Arc<Log>,
}

impl Runs {
    /// Starts a run and says which it is. Comes back when its shards run;
    /// users spawn after that.
    ///
    /// # Errors
    /// A run is active, the target cannot be reached, or the load is out of range.
    pub async fn start(
        &self,
        spec: RunSpec,
        program: Arc<Program>,
    ) -> Result<Arc<RunInfo>, RunError> {
        if self.snapshot().state.is_active() {
            return Err(RunError::Active);
        }
        let prepared = Box::new(Prepared::new(spec, program).await?);
        self.ask(|answer| Command::Start(prepared, answer)).await
    }

    /// Changes the load of the active run at once; the statistics go on.
    ///
    /// # Errors
    /// No run is active, or the load is out of range.
    pub async fn edit(&self, edit: Edit) -> Result<Load, RunError> {
        self.ask(|answer| Command::Edit(edit, answer)).await
    }

    /// Stops the active run and comes back when its final figures stand; at
    /// once if none is active. `why` is for people.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn stop(&self, why: &'static str) -> Result<(), RunError> {
        self.ask(|answer| Command::Stop(why, answer)).await?;
        let mut snapshots = self.snapshots.clone();
        let stopped = snapshots
            .wait_for(|snapshot| !snapshot.state.is_active())
            .await;
        stopped.map(drop).map_err(|_| RunError::Gone)
    }

    /// Zeroes the statistics; a running load goes on.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn reset(&self) -> Result<(), RunError> {
        self.ask(Command::Reset).await
    }

    /// Puts a stopped run away: back to ready.
    ///
    /// # Errors
    /// A run is active.
    pub async fn clear(&self) -> Result<(), RunError> {
        self.ask(Command::Clear).await
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

    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, RunError> {
        let (answer, answered) = oneshot::channel();
        self.commands
            .send(command(answer))
            .await
            .map_err(|_| RunError::Gone)?;
        answered.await.map_err(|_| RunError::Gone)?
    }
}
