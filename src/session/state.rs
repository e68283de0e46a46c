use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::model::{Criterion, Recent, Samples};
use crate::output::{LogSource, Logbook};
use crate::report::{About, RunFile};
use crate::run::{Level, RunError, Runs, Snapshot, Why};
use crate::scenario::{RunOptions, RunTime};
use crate::session::catalog::Catalog;
use crate::session::dead_man::{DeadMan, switch};
use crate::session::demo::{Demo, DemoLab, Scene};
use crate::session::error::SessionError;
use crate::session::event_log::follow_events;
use crate::session::prepared_run::StartedRun;
use crate::session::readiness::WaitFor;
use crate::session::suite::Suites;

/// State shared by a dashboard and its tasks: run controller, scenarios, log,
/// suite and demo. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) runs: Runs,
    /// The available scenarios; replaced as a whole.
    catalog: Arc<watch::Sender<Arc<Catalog>>>,
    pub(super) defaults: Arc<Defaults>,
    /// The log of the program and its runs.
    pub(super) log: Arc<Logbook>,
    /// The last started run; written by `start`.
    pub(super) started: Arc<watch::Sender<Option<Arc<StartedRun>>>>,
    pub(super) suites: Arc<Suites>,
    pub(super) demo: Arc<Demo>,
    /// Where the demo is played, and how, if there is one.
    pub(super) lab: Option<DemoLab>,
    /// One permit: held during the start of a run, and by a suite from start to
    /// end.
    start_permit: Arc<Semaphore>,
    pub(super) dead_man: Arc<DeadMan>,
    /// The URL that every start waits for.
    wait_for: Option<WaitFor>,
}

/// Defaults of the start form and of API requests.
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
    /// Run time; the scenario's own if `None`.
    pub run_time: Option<Duration>,
    /// How long tasks may continue after a stop; the scenario's own if `None`.
    pub stop_timeout: Option<Duration>,
    /// A label that groups runs.
    pub profile: Option<String>,
    /// Criteria in addition to the scenario's own.
    pub criteria: Vec<Criterion>,
    /// How much of the last seconds the files of a run need.
    pub recent: Recent,
    /// Samples of failures to keep.
    pub samples: Samples,
}

impl Session {
    /// Starts the event log and the dead man's switch on the current runtime.
    #[must_use]
    pub fn new(runs: Runs, catalog: Catalog, defaults: Defaults) -> Self {
        let log = Arc::new(Logbook::default());
        follow_events(&runs, Arc::clone(&log));
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

    /// Makes every start wait for a URL.
    pub(crate) fn with_wait_for(self, wait_for: WaitFor) -> Self {
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
    pub(crate) fn runs(&self) -> &Runs {
        &self.runs
    }

    pub(crate) fn defaults(&self) -> &Arc<Defaults> {
        &self.defaults
    }

    pub(crate) fn log(&self) -> &Logbook {
        &self.log
    }

    /// The suites that have been run.
    pub(crate) fn suites(&self) -> &Suites {
        &self.suites
    }

    pub(crate) fn dead_man(&self) -> &DeadMan {
        &self.dead_man
    }

    pub(crate) fn has_demo(&self) -> bool {
        self.lab.is_some()
    }

    /// The current act of the demo, and each later one.
    pub(crate) fn scenes(&self) -> watch::Receiver<Option<Scene>> {
        self.demo.scenes()
    }

    /// Logs a message of the program itself.
    pub fn note(&self, level: Level, text: impl Into<String>) {
        self.log.write(level, LogSource::Main, text);
    }

    /// Replaces the available scenarios; an active run keeps its own.
    pub fn offer(&self, catalog: Catalog) {
        self.catalog.send_replace(Arc::new(catalog));
    }

    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.borrow())
    }

    /// The same as they are replaced.
    pub(crate) fn catalogs(&self) -> watch::Receiver<Arc<Catalog>> {
        self.catalog.subscribe()
    }

    /// Reserves the start of a run. Until the permit is dropped, others can
    /// neither start a run nor clear one.
    pub(crate) fn permit(&self) -> Result<OwnedSemaphorePermit, SessionError> {
        let permit = Arc::clone(&self.start_permit).try_acquire_owned();
        permit.map_err(|_| {
            if self.suites.is_active() {
                SessionError::SuiteActive
            } else {
                RunError::Active.into()
            }
        })
    }

    /// Waits for the URL of `--wait-for`, if any.
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

    /// The last started run, and each later one.
    pub(crate) fn started(&self) -> watch::Receiver<Option<Arc<StartedRun>>> {
        self.started.subscribe()
    }

    /// Stops the active run, and the suite it belongs to. Returns when the
    /// final figures are available.
    pub(crate) async fn stop(&self, why: impl Into<Why>) -> Result<(), RunError> {
        let why = why.into();
        if self.suites.stop(why.clone()).await {
            return Ok(());
        }
        self.runs.stop(why).await
    }

    /// Like [`stop`](Self::stop), but running tasks may finish. A suite is
    /// stopped.
    pub(crate) async fn drain(&self, why: Why) -> Result<(), RunError> {
        if self.suites.stop(why.clone()).await {
            return Ok(());
        }
        self.runs.drain(why).await
    }

    /// Ends the active run at once, as [`Runs::halt`] does, and the suite it
    /// belongs to. Returns when the final figures are available.
    pub(crate) async fn halt(&self, why: Why) -> Result<(), RunError> {
        // First, so that no other run of a suite starts.
        let in_suite = self.suites.request_stop(why.clone());
        self.runs.halt(why).await?;
        if in_suite {
            self.suites.over().await;
        }
        Ok(())
    }

    /// The displayed run as a run file; `None` if there is none.
    pub(crate) fn run_file(&self) -> Option<RunFile> {
        let snapshot = self.runs.snapshot();
        RunFile::new(&snapshot, &self.runs.log(), &self.about(&snapshot))
    }

    /// The displayed run's description in reports; empty if it was started
    /// elsewhere.
    fn about(&self, snapshot: &Snapshot) -> About {
        let started = self.started.borrow();
        let started = started.as_deref().filter(|one| one.is(snapshot));
        let of_suite = || self.suites.about(snapshot.run.as_deref()?);
        let about = started.map(|one| one.about.clone()).or_else(of_suite);
        about.unwrap_or_default()
    }
}

impl Defaults {
    /// The defaults as run options.
    pub(crate) fn options(&self) -> RunOptions {
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
