//! The parts of a run in which no shard runs: preparing it, and tearing down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engine::{Swarm, SwarmSetup};
use crate::model::RunState;
use crate::program::Variables;
use crate::run::RunError;
use crate::run::controller::run_task::RunTask;
use crate::run::controller::stop_reason::StopReason;
use crate::run::events::details::SetupEvent;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::prepare::lifecycle_hooks::Unprepared;
use crate::run::prepare::{lifecycle_hooks, login_check};
use crate::verdict::Finding;

/// What goes on beside the shards; ended when it is dropped.
#[derive(Debug)]
pub(crate) enum Preparation {
    /// The health gate, `setup` and the rehearsal, before the first user.
    Preparing {
        task: JoinHandle<Result<Ready, Unprepared>>,
        /// Whether `setup` may have left something behind.
        setup_begun: Arc<AtomicBool>,
        /// Until when it may go on, once the run is to stop.
        cut_at_us: watch::Sender<u64>,
    },
    /// `teardown`, after the last.
    TearingDown(JoinHandle<Result<(), String>>),
}

/// What a run begins with.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The variables that every user begins with.
    variables: Variables,
    /// What was found before the first user.
    found: Vec<Finding>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Done {
    Prepared(Result<Ready, Unprepared>),
    TornDown(Result<(), String>),
}

impl Preparation {
    /// Waits for its end. Safe to cancel.
    pub(crate) async fn done(&mut self) -> Done {
        let lost = || "cancelled".to_owned();
        match self {
            Self::Preparing { task, .. } => {
                let done = task.await;
                Done::Prepared(done.unwrap_or_else(|_| Err(Unprepared::before_setup(lost()))))
            }
            Self::TearingDown(task) => {
                let done = task.await;
                Done::TornDown(done.unwrap_or_else(|_| Err(lost())))
            }
        }
    }
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
    let rehearsed = tokio::select! {
        rehearsed = login_check::rehearse(&setup, &log) => rehearsed,
        // Nobody needs to know any more.
        Ok(()) = cut_at_us.changed() => return Ok(Ready { variables, found: Vec::new() }),
    };
    match rehearsed.refused {
        None => Ok(Ready {
            variables,
            found: rehearsed.noticed,
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

impl Drop for Preparation {
    fn drop(&mut self) {
        match self {
            Self::Preparing { task, .. } => task.abort(),
            Self::TearingDown(task) => task.abort(),
        }
    }
}

impl RunTask {
    /// Goes through what has to be done before the first user, if anything.
    ///
    /// # Errors
    /// The operating system gives no thread for the shards.
    pub(crate) fn prepare(&mut self, log: &Arc<Log>) -> Result<(), RunError> {
        let once = &self.program.once;
        if once.health.is_none() && once.setup.is_none() && !login_check::is_due(&self.program) {
            return self.begin();
        }
        let setup_begun = Arc::default();
        let (cut_at_us, cut) = watch::channel(u64::MAX);
        let task = prepare(
            self.one_off_setup(),
            Arc::clone(log),
            Arc::clone(&setup_begun),
            cut,
        );
        self.aside = Some(Preparation::Preparing {
            task: tokio::spawn(task),
            setup_begun,
            cut_at_us,
        });
        Ok(())
    }

    /// Goes on after what went on beside the shards.
    pub(crate) async fn go_on(&mut self, done: Done, log: &Arc<Log>) {
        self.aside = None;
        match done {
            Done::Prepared(Ok(Ready { variables, found })) => {
                self.setup.initial = Arc::new(variables);
                self.faults.set_found_before(found);
                let begun = match self.state {
                    // Stopped while `setup` went on: its end was waited for.
                    RunState::Stopping => return self.tear_down(log),
                    _ => self.begin(),
                };
                match begun {
                    Ok(()) => self.start_watching(log),
                    Err(error) => {
                        self.give_up(&error.to_string());
                        self.tear_down(log);
                    }
                }
            }
            Done::Prepared(Err(why)) => {
                self.give_up(&why.to_string());
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
            Done::TornDown(done) => {
                let at_us = self.elapsed_us();
                let (level, said) = match done {
                    Ok(()) => (Level::Info, SetupEvent::TornDown),
                    Err(failure) => (Level::Error, SetupEvent::TeardownFailed { failure }),
                };
                log.push_event(Event::new(at_us, level, EventData::Setup(said)));
                self.conclude(log);
            }
        }
    }

    /// Ends the preparation of a run that is to stop, unless `setup` has begun:
    /// that may finish within the stop timeout, as a task may, so that
    /// `teardown` finds what it left.
    pub(crate) fn stop_preparing(&mut self, log: &Log) {
        let Some(Preparation::Preparing {
            setup_begun,
            cut_at_us,
            ..
        }) = &self.aside
        else {
            return;
        };
        if setup_begun.load(Ordering::Relaxed) {
            let cut = self
                .setup
                .clock
                .now_us()
                .saturating_add(self.ending.timeout_us());
            cut_at_us.send_replace(cut);
        } else {
            self.aside = None;
            self.conclude(log);
        }
    }

    /// Does `teardown`, if there is one; the final figures stand after it.
    pub(crate) fn tear_down(&mut self, log: &Log) {
        let due = self
            .program
            .once
            .teardown
            .filter(|_| !self.ending.is_halted());
        let Some(entry) = due else {
            return self.conclude(log);
        };
        self.state = RunState::Stopping;
        let task = lifecycle_hooks::tear_down(self.one_off_setup(), entry);
        self.aside = Some(Preparation::TearingDown(tokio::spawn(task)));
    }

    /// Starts the shards: from here on the run's time counts.
    fn begin(&mut self) -> Result<(), RunError> {
        self.setup.origin_us = self.setup.clock.now_us();
        self.swarm = Some(Swarm::start(&self.setup)?);
        Ok(())
    }

    /// Lets probes read and names be looked up again, once the run's time has begun.
    pub(crate) fn start_watching(&mut self, log: &Arc<Log>) {
        if self.swarm.is_some() {
            self.watching.start(&self.setup, log);
        }
    }

    fn give_up(&mut self, why: &str) {
        self.ending.set_reason(StopReason::NotBegun);
        self.faults.set_not_begun(why);
    }

    /// The setup of a one-off: no users beside its own, no limit but that of
    /// requests per second.
    fn one_off_setup(&self) -> SwarmSetup {
        SwarmSetup {
            workloads: Vec::new().into(),
            limits: Arc::new(self.setup.limits.of_requests()),
            ..self.setup.clone()
        }
    }
}
