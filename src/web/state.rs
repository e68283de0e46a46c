use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::model::{Criterion, Recent, Samples};
use crate::output::{Logbook, Source};
use crate::report::About;
use crate::run::{Level, RunError, Runs, Snapshot, Why};
use crate::scenario::{RunOptions, RunTime};
use crate::session::Catalog;
use crate::session::Started;
use crate::session::chronicle;
use crate::web::demo::{Demo, Script, Stage};
use crate::web::http::problem::Problem;
use crate::web::live::dead_man::{DeadMan, switch};
use crate::web::live::feed::Feed;
use crate::web::readiness::Gate;
use crate::web::suites::Suites;

/// What the handlers share. Clones are cheap.
#[derive(Clone, Debug)]
pub struct App {
    pub(super) runs: Runs,
    /// The scenarios on offer; replaced as a whole, read by handlers and the feed.
    catalog: Arc<watch::Sender<Arc<Catalog>>>,
    pub(super) defaults: Arc<Defaults>,
    pub(super) feed: Arc<Feed>,
    /// What the program and its runs say.
    pub(super) log: Arc<Logbook>,
    /// What was started last; written by `start`, read for reports and by
    /// whoever attends runs.
    pub(super) started: Arc<watch::Sender<Option<Arc<Started>>>>,
    pub(super) suites: Arc<Suites>,
    pub(super) demo: Arc<Demo>,
    /// Where the demo is played, and how, if there is one.
    pub(super) stage: Option<(Arc<dyn Stage>, Script)>,
    /// One permit: held by who starts a run, for as long as that takes, and by
    /// a suite from its beginning to its end.
    ground: Arc<Semaphore>,
    /// The file with the history of every name, where one is written.
    pub(super) history: Option<Arc<Path>>,
    /// Who looks.
    pub(super) presence: Arc<DeadMan>,
    /// What a start waits for.
    gate: Option<Arc<dyn Gate>>,
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
    /// How user classes are chosen in the start form.
    pub class_picker: ClassPicker,
    /// What has to hold, beside what the scenario asks for.
    pub criteria: Vec<Criterion>,
    /// What the files of a run need of its last seconds.
    pub recent: Recent,
    /// Whether samples of failures are kept.
    pub samples: Samples,
}

/// How user classes are chosen in the start form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClassPicker {
    /// Behind a word, where there is more than one.
    #[default]
    Folded,
    /// In sight.
    Open,
}

impl App {
    /// Ties the control plane to the web; starts feeding the live sockets and
    /// the log on the current runtime.
    #[must_use]
    pub fn new(runs: Runs, catalog: Catalog, defaults: Defaults) -> Self {
        let catalog = watch::Sender::new(Arc::new(catalog));
        let defaults = Arc::new(defaults);
        let log = Arc::new(Logbook::default());
        chronicle(&runs, Arc::clone(&log));
        let suites = Arc::<Suites>::default();
        let demo = Arc::<Demo>::default();
        let feed = Feed::start(
            &runs,
            catalog.subscribe(),
            suites.courses(),
            demo.scenes(),
            Arc::clone(&defaults),
        );
        let presence = DeadMan::new(runs.rails().dead_man);
        let app = Self {
            runs,
            catalog: Arc::new(catalog),
            defaults,
            feed,
            log,
            started: Arc::default(),
            suites,
            demo,
            stage: None,
            ground: Arc::new(Semaphore::new(1)),
            history: None,
            presence,
            gate: None,
        };
        tokio::spawn(switch(app.clone()));
        app
    }

    /// The same, with a file in which the history of every name is written.
    #[must_use]
    pub fn with_history(self, history: Option<&Path>) -> Self {
        Self {
            history: history.map(Arc::from),
            ..self
        }
    }

    /// Has every start wait for something.
    #[must_use]
    pub fn behind(self, gate: Arc<dyn Gate>) -> Self {
        Self {
            gate: Some(gate),
            ..self
        }
    }

    /// The same, with a demo that is played on this target.
    #[must_use]
    pub fn with_stage(self, stage: Arc<dyn Stage>, script: Script) -> Self {
        Self {
            stage: Some((stage, script)),
            ..self
        }
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
    pub(super) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.borrow())
    }

    /// Lets nobody else start a run, or put one away, until it is dropped.
    ///
    /// # Errors
    /// Somebody else is at it, or a suite goes on.
    pub(super) fn permit(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let permit = Arc::clone(&self.ground).try_acquire_owned();
        permit.map_err(|_| {
            if self.suites.is_active() {
                Problem::suite_active()
            } else {
                RunError::Active.into()
            }
        })
    }

    /// Waits for what a start waits for, if anything.
    ///
    /// # Errors
    /// A run goes on, or the wait was in vain.
    pub(super) async fn pass_gate(&self) -> Result<(), Problem> {
        let Some(gate) = &self.gate else {
            return Ok(());
        };
        if self.runs.snapshot().state.is_active() {
            return Err(RunError::Active.into());
        }
        self.note(Level::Info, gate.awaits());
        Ok(gate.pass().await?)
    }

    /// The run that was started last, and those that will be.
    #[must_use]
    pub fn started(&self) -> watch::Receiver<Option<Arc<Started>>> {
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
    pub(super) async fn drain(&self, why: Why) -> Result<(), RunError> {
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
    pub(super) async fn halt(&self, why: Why) -> Result<(), RunError> {
        // First, so that no other run of a suite begins.
        let in_suite = self.suites.tell_to_stop(why.clone());
        self.runs.halt(why).await?;
        if in_suite {
            self.suites.over().await;
        }
        Ok(())
    }

    /// What reports say of the run on show; nothing, if it was started elsewhere.
    pub(super) fn about(&self, snapshot: &Snapshot) -> About {
        let started = self.started.borrow();
        let started = started.as_deref().filter(|one| one.is(snapshot));
        let of_suite = || self.suites.about(snapshot.run.as_deref()?);
        let about = started.map(|one| one.about.clone()).or_else(of_suite);
        about.unwrap_or_default()
    }
}

impl Defaults {
    /// What is preset, as a wish.
    pub(super) fn wish(&self) -> RunOptions {
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
