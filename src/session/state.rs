use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::model::{Criterion, Recent, Samples};
use crate::output::{Logbook, Source};
use crate::report::{About, RunFile};
use crate::run::{Level, RunError, Runs, Snapshot, Why};
use crate::scenario::{RunOptions, RunTime};
use crate::session::catalog::Catalog;
use crate::session::dead_man::{DeadMan, switch};
use crate::session::demo::{Demo, DemoLab, Scene};
use crate::session::error::SessionError;
use crate::session::event_log::chronicle;
use crate::session::prepared_run::StartedRun;
use crate::session::readiness::WaitFor;
use crate::session::suite::Suites;

/// What a dashboard has: the controller of its runs, the scenarios on offer, and
/// what goes on beside a run. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) runs: Runs,
    /// The scenarios on offer; replaced as a whole.
    catalog: Arc<watch::Sender<Arc<Catalog>>>,
    pub(super) defaults: Arc<Defaults>,
    /// What the program and its runs say.
    pub(super) log: Arc<Logbook>,
    /// What was started last; written by `start`.
    pub(super) started: Arc<watch::Sender<Option<Arc<StartedRun>>>>,
    pub(super) suites: Arc<Suites>,
    pub(super) demo: Arc<Demo>,
    /// Where the demo is played, and how, if there is one.
    pub(super) lab: Option<DemoLab>,
    /// One permit: held by who starts a run, for as long as that takes, and by
    /// a suite from its beginning to its end.
    start_permit: Arc<Semaphore>,
    pub(super) dead_man: Arc<DeadMan>,
    /// What a start waits for.
    wait_for: Option<WaitFor>,
}

/// What the start form holds at first, and what an API client need not say.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The id of a scenario.
    pub scenario: String,
    /// Users; the scenario's own if `None`.
    pub users: Option<u32>,
    /// Users per second; the scenario's own if `None`.
    pub spawn_rate: Option<f64>,
    /// The target; the scenario's own if `None`.
    pub host: Option<String>,
    /// When to stop by itself; the scenario's own if `None`.
    pub run_time: Option<Duration>,
    /// How long tasks may go on after a stop; the scenario's own if `None`.
    pub stop_timeout: Option<Duration>,
    /// A label that groups runs.
    pub profile: Option<String>,
    /// What has to hold, beside what the scenario asks for.
    pub criteria: Vec<Criterion>,
    /// What the files of a run need of its last seconds.
    pub recent: Recent,
    /// Whether samples of failures are kept.
    pub samples: Samples,
}

impl Session {
    /// Starts the event log and the dead man's switch on the current runtime.
    #[must_use]
    pub fn new(runs: Runs, catalog: Catalog, defaults: Defaults) -> Self {
        let log = Arc::new(Logbook::default());
        chronicle(&runs, Arc::clone(&log));
        let dead_man = DeadMan::new(runs.rails().dead_man);
        let session = Self {
            runs,
            catalog: Arc::new(watch::Sender::new(Arc::new(catalog))),
            defaults: Arc::new(defaults),
            log,
            started: Arc::default(),
            suites: Arc::default(),
            demo: Arc::default(),
            lab: None,
            start_permit: Arc::new(Semaphore::new(1)),
            dead_man,
            wait_for: None,
        };
        tokio::spawn(switch(session.clone()));
        session
    }

    /// Has every start wait for an address.
    #[must_use]
    pub fn with_wait_for(self, wait_for: WaitFor) -> Self {
        Self {
            wait_for: Some(wait_for),
            ..self
        }
    }

    /// The same, with a demo that is played on this lab.
    #[must_use]
    pub fn with_demo(self, lab: DemoLab) -> Self {
        Self {
            lab: Some(lab),
            ..self
        }
    }

    /// The controller of the runs.
    #[must_use]
    pub fn runs(&self) -> &Runs {
        &self.runs
    }

    /// What a start takes where nothing else is said.
    #[must_use]
    pub fn defaults(&self) -> &Arc<Defaults> {
        &self.defaults
    }

    /// What the program and its runs have said.
    #[must_use]
    pub fn log(&self) -> &Logbook {
        &self.log
    }

    /// The suites that have been run.
    #[must_use]
    pub fn suites(&self) -> &Suites {
        &self.suites
    }

    /// Who looks.
    #[must_use]
    pub fn dead_man(&self) -> &DeadMan {
        &self.dead_man
    }

    /// Whether there is a lab to play the demo on.
    #[must_use]
    pub fn has_demo(&self) -> bool {
        self.lab.is_some()
    }

    /// The act of the demo that is being played, as it goes on.
    #[must_use]
    pub fn scenes(&self) -> watch::Receiver<Option<Scene>> {
        self.demo.scenes()
    }

    /// Writes something that the program itself has to say into its log.
    pub fn note(&self, level: Level, text: impl Into<String>) {
        self.log.write(level, Source::Main, text);
    }

    /// Replaces the scenarios on offer; a run that is going on keeps its own.
    pub fn offer(&self, catalog: Catalog) {
        self.catalog.send_replace(Arc::new(catalog));
    }

    /// The scenarios on offer.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.borrow())
    }

    /// The same as they are replaced.
    #[must_use]
    pub fn catalogs(&self) -> watch::Receiver<Arc<Catalog>> {
        self.catalog.subscribe()
    }

    /// Lets nobody else start a run, or put one away, until it is dropped.
    ///
    /// # Errors
    /// Somebody else is at it, or a suite goes on.
    pub fn permit(&self) -> Result<OwnedSemaphorePermit, SessionError> {
        let permit = Arc::clone(&self.start_permit).try_acquire_owned();
        permit.map_err(|_| {
            if self.suites.is_active() {
                SessionError::SuiteActive
            } else {
                RunError::Active.into()
            }
        })
    }

    /// Waits for what a start waits for, if anything.
    ///
    /// # Errors
    /// A run goes on, or the wait was in vain.
    pub(super) async fn wait_until_ready(&self) -> Result<(), SessionError> {
        let Some(wait_for) = &self.wait_for else {
            return Ok(());
        };
        if self.runs.snapshot().state.is_active() {
            return Err(RunError::Active.into());
        }
        self.note(Level::Info, wait_for.describe());
        Ok(wait_for.wait().await?)
    }

    /// The run that was started last, and those that will be.
    #[must_use]
    pub fn started(&self) -> watch::Receiver<Option<Arc<StartedRun>>> {
        self.started.subscribe()
    }

    /// Stops what goes on: the active run, and with it the suite that it is
    /// part of. Comes back when the final figures stand.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn stop(&self, why: impl Into<Why>) -> Result<(), RunError> {
        let why = why.into();
        if self.suites.stop(why.clone()).await {
            return Ok(());
        }
        self.runs.stop(why).await
    }

    /// As [`stop`](Self::stop), but tasks of a run may go on to their end. A suite
    /// is stopped.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn drain(&self, why: Why) -> Result<(), RunError> {
        if self.suites.stop(why.clone()).await {
            return Ok(());
        }
        self.runs.drain(why).await
    }

    /// Ends what goes on at once, as [`Runs::halt`] does, and the suite that it is
    /// part of. Comes back when the final figures stand.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn halt(&self, why: Why) -> Result<(), RunError> {
        // First, so that no other run of a suite begins.
        let in_suite = self.suites.tell_to_stop(why.clone());
        self.runs.halt(why).await?;
        if in_suite {
            self.suites.over().await;
        }
        Ok(())
    }

    /// The run on show as it stands, as a run file; `None` if there is none.
    #[must_use]
    pub fn run_file(&self) -> Option<RunFile> {
        let snapshot = self.runs.snapshot();
        RunFile::new(&snapshot, &self.runs.log(), &self.about(&snapshot))
    }

    /// What reports say of the run on show; nothing, if it was started elsewhere.
    fn about(&self, snapshot: &Snapshot) -> About {
        let started = self.started.borrow();
        let started = started.as_deref().filter(|one| one.is(snapshot));
        let of_suite = || self.suites.about(snapshot.run.as_deref()?);
        let about = started.map(|one| one.about.clone()).or_else(of_suite);
        about.unwrap_or_default()
    }
}

impl Defaults {
    /// What is preset, as a wish.
    #[must_use]
    pub fn wish(&self) -> RunOptions {
        RunOptions {
            users: self.users.map(f64::from),
            spawn_rate: self.spawn_rate,
            host: self.host.clone(),
            run_time: self.run_time.map_or(RunTime::Preset, RunTime::Limited),
            stop_timeout: self.stop_timeout,
            profile: self.profile.clone(),
            criteria: self.criteria.clone(),
            recent: self.recent,
            samples: self.samples,
            find_limit: None,
        }
    }
}
