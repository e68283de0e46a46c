//! The hooks of a run in which no shard runs: preparing it, and tearing it down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engine::SwarmSetup;
use crate::program::{CodeAt, Variables};
use crate::run::events::log::Log;
use crate::run::prepare::lifecycle_hooks::Unprepared;
use crate::run::prepare::{lifecycle_hooks, login_check};
use crate::verdict::Finding;

/// The health gate, `setup` and the login check, before the first user. Dropping
/// it ends them.
#[derive(Debug)]
pub(crate) struct Preparation {
    task: JoinHandle<Result<Ready, Unprepared>>,
    /// Whether `setup` may have left something behind.
    setup_begun: Arc<AtomicBool>,
    /// The time limit of `setup`, once the run is to stop.
    cut_at_us: watch::Sender<u64>,
}

/// The result of a preparation.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The initial variables of every user.
    pub(crate) variables: Variables,
    /// The findings from before the first user.
    pub(crate) found: Vec<Finding>,
}

impl Preparation {
    pub(crate) fn start(setup: SwarmSetup, log: Arc<Log>) -> Self {
        let setup_begun = Arc::default();
        let (cut_at_us, cut) = watch::channel(u64::MAX);
        let task = prepare(setup, log, Arc::clone(&setup_begun), cut);
        Self {
            task: tokio::spawn(task),
            setup_begun,
            cut_at_us,
        }
    }

    /// Waits for its end. Safe to cancel.
    pub(crate) async fn done(&mut self) -> Result<Ready, Unprepared> {
        let done = (&mut self.task).await;
        done.unwrap_or_else(|_| Err(Unprepared::before_setup(lost())))
    }

    /// Lets `setup` finish until a moment of the process's clock, if it has begun,
    /// so that `teardown` finds what it left; whether it has.
    pub(crate) fn finish_setup(&self, until_us: u64) -> bool {
        let has_begun = self.setup_begun.load(Ordering::Relaxed);
        if has_begun {
            self.cut_at_us.send_replace(until_us);
        }
        has_begun
    }
}

impl Drop for Preparation {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// `teardown`, after the last user. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Teardown(JoinHandle<Result<(), String>>);

impl Teardown {
    pub(crate) fn start(setup: SwarmSetup, entry: CodeAt) -> Self {
        Self(tokio::spawn(lifecycle_hooks::tear_down(setup, entry)))
    }

    /// Waits for its end. Safe to cancel.
    pub(crate) async fn done(&mut self) -> Result<(), String> {
        let done = (&mut self.0).await;
        done.unwrap_or_else(|_| Err(lost()))
    }
}

impl Drop for Teardown {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn lost() -> String {
    "cancelled".to_owned()
}

/// The health gate, `setup`, and a rehearsal of what each user does first.
async fn prepare(
    mut setup: SwarmSetup,
    log: Arc<Log>,
    setup_begun: Arc<AtomicBool>,
    mut cut_at_us: watch::Receiver<u64>,
) -> Result<Ready, Unprepared> {
    let begun = Arc::clone(&setup_begun);
    let cut = Some(cut_at_us.clone());
    let variables = lifecycle_hooks::prepare(setup.clone(), Arc::clone(&log), begun, cut).await?;
    setup.initial = Arc::new(variables);
    let variables = Variables::clone(&setup.initial);
    let checked = tokio::select! {
        checked = login_check::check_logins(&setup, &log) => checked,
        // The result is not needed any more.
        Ok(()) = cut_at_us.changed() => return Ok(Ready { variables, found: Vec::new() }),
    };
    match checked.refused {
        None => Ok(Ready {
            variables,
            found: checked.noticed,
        }),
        Some(refused) => Err(Unprepared {
            why: refused.text.clone(),
            finding: Some(Box::new(refused)),
            left: setup_begun
                .load(Ordering::Relaxed)
                .then(|| Box::new(variables)),
        }),
    }
}
