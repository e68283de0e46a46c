//! How the rest of the program talks to the controller.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::model::{Load, RunSpec};
use crate::program::Program;
use crate::run::preflight::Prepared;
use crate::run::{Author, Burst, Log, RunError, RunInfo, Snapshot};

/// A change of a running load; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edit {
    /// Users to reach.
    pub users: Option<f64>,
    /// Users per second.
    pub spawn_rate: Option<f64>,
}

/// What somebody does to a running load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Another load.
    Load(Edit),
    /// More users for a while; a burst that goes on is replaced by it. How the
    /// target gets over it is an event of the run.
    Burst(Burst),
    /// The author's last change of the load that is not taken back yet is taken
    /// back; what others changed since then stays. 100 changes are remembered.
    Undo,
    /// Users finish their tasks and begin nothing; the run's time goes on.
    /// Nothing happens to a run that is paused.
    Pause,
    /// A paused run goes on. Nothing happens to one that is not paused.
    Resume,
}

/// What the controller can be asked; each is answered.
#[derive(Debug)]
pub(super) enum Command {
    Start(Box<Prepared>, Answer<Arc<RunInfo>>),
    Change(Change, Author, Answer<Load>),
    Stop(&'static str, Answer<()>),
    Halt(&'static str, Answer<()>),
    Reset(Author, Answer<()>),
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

    /// Changes the active run at once; the statistics go on. What the load is
    /// then: for a burst, that at its height.
    ///
    /// # Errors
    /// No run is active or it is being stopped, the load is out of range or
    /// not steered, or the change makes no sense now.
    pub async fn change(&self, change: Change, by: Author) -> Result<Load, RunError> {
        self.ask(|answer| Command::Change(change, by, answer)).await
    }

    /// Stops the active run and comes back when its final figures stand; at
    /// once if none is active. `why` is for people.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn stop(&self, why: &'static str) -> Result<(), RunError> {
        self.ask(|answer| Command::Stop(why, answer)).await?;
        self.stopped().await
    }

    /// Ends the active run at once: every request is cut off, every connection
    /// closed, nothing is sent any more, no `on_stop`, no `teardown`. Comes
    /// back when its final figures stand; at once if none is active.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn halt(&self, why: &'static str) -> Result<(), RunError> {
        self.ask(|answer| Command::Halt(why, answer)).await?;
        self.stopped().await
    }

    async fn stopped(&self) -> Result<(), RunError> {
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
    pub async fn reset(&self, by: Author) -> Result<(), RunError> {
        self.ask(|answer| Command::Reset(by, answer)).await
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
