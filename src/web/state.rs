use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::model::RunSpec;
use crate::output::{Logbook, Source};
use crate::probes::host;
use crate::report::{About, Machine};
use crate::run::{Level, RunError, Runs, Snapshot};
use crate::scenario::{RunTime, Wish};
use crate::web::catalog::Catalog;
use crate::web::chronicle::chronicle;
use crate::web::feed::Feed;
use crate::web::problem::Problem;
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
    /// What was started last; written by `start`, read for reports.
    about: Arc<watch::Sender<About>>,
    pub(super) suites: Arc<Suites>,
    /// One permit: held by who starts a run, for as long as that takes, and by
    /// a suite from its beginning to its end.
    ground: Arc<Semaphore>,
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
        let feed = Feed::start(
            &runs,
            catalog.subscribe(),
            suites.courses(),
            Arc::clone(&defaults),
        );
        Self {
            runs,
            catalog: Arc::new(catalog),
            defaults,
            feed,
            log,
            about: Arc::default(),
            suites,
            ground: Arc::new(Semaphore::new(1)),
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

    /// Starts a run with the defaults, as a click on Start would.
    ///
    /// # Errors
    /// What stands in the way, in words.
    pub async fn start_by_itself(&self) -> Result<(), String> {
        let started = self.start(None, Wish::default()).await;
        started.map(drop).map_err(|problem| problem.message)
    }

    /// Starts a run of the scenario with this id, else of the preset one;
    /// what the wish does not say comes from the defaults.
    ///
    /// # Errors
    /// What is wrong with the wish, the scenario or the target, in words.
    pub(super) async fn start(&self, id: Option<&str>, wish: Wish) -> Result<RunSpec, Problem> {
        let _permit = self.permit()?;
        let id = id.unwrap_or(&self.defaults.scenario);
        let catalog = self.catalog();
        let entry = catalog
            .find(id)
            .ok_or_else(|| Problem::unknown_scenario(id, &catalog))?;
        let loaded = entry
            .loaded()
            .map_err(|problems| Problem::broken_scenario(entry, problems))?;
        let remarks = wish.unused_by(&loaded.scenario);
        let (mut spec, program) = loaded.plan(&wish.or(&self.defaults.wish()))?;
        spec.remarks.extend(remarks);
        let about = About::new(&loaded.scenario, &loaded.text, &spec, machine());
        self.runs.start(spec.clone(), Arc::new(program)).await?;
        self.remember(about);
        Ok(spec)
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

    /// Stops what goes on: the active run, and with it the suite that it is
    /// part of. Comes back when the final figures stand. `why` is for people.
    ///
    /// # Errors
    /// The controller has ended.
    pub async fn stop(&self, why: &'static str) -> Result<(), RunError> {
        if self.suites.stop(why).await {
            return Ok(());
        }
        self.runs.stop(why).await
    }

    /// Takes in what reports say of a run that was started.
    pub fn remember(&self, about: About) {
        self.about.send_replace(about);
    }

    /// What reports say of the run on show; little, if it was started elsewhere.
    pub(super) fn about(&self, snapshot: &Snapshot) -> About {
        let about = self.about.borrow();
        let is_it = snapshot
            .run
            .as_ref()
            .is_some_and(|run| run.scenario == about.scenario && run.host == about.host);
        if is_it {
            return about.clone();
        }
        About {
            machine: machine(),
            ..About::default()
        }
    }
}

impl Defaults {
    /// What is preset, as a wish.
    pub(super) fn wish(&self) -> Wish {
        Wish {
            users: self.users.map(f64::from),
            spawn_rate: self.spawn_rate,
            host: self.host.clone(),
            run_time: self.run_time.map_or(RunTime::Preset, RunTime::Limited),
            stop_timeout: self.stop_timeout,
        }
    }
}

/// The machine that load comes from.
pub(super) fn machine() -> Machine {
    Machine {
        os: host::system(),
        cpus: host::usable_cores(),
    }
}
