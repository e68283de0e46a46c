use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::model::{Load, RunSpec};
use crate::run::{RunError, Runs};
use crate::web::catalog::{Catalog, Entry};
use crate::web::feed::Feed;
use crate::web::problem::Problem;

/// What the handlers share. Clones are cheap.
#[derive(Clone, Debug)]
pub struct App {
    pub(super) runs: Runs,
    /// The scenarios on offer; replaced as a whole, read by handlers and the feed.
    catalog: Arc<watch::Sender<Arc<Catalog>>>,
    pub(super) defaults: Arc<Defaults>,
    pub(super) feed: Arc<Feed>,
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

/// A start as it was asked for; what is `None` comes from the defaults.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) scenario: Option<String>,
    pub(super) users: Option<f64>,
    pub(super) spawn_rate: Option<f64>,
    pub(super) host: Option<String>,
    pub(super) run_time: RunTime,
}

/// When a run is wished to stop by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RunTime {
    /// Nothing was said: as preset, or as the scenario says.
    #[default]
    Preset,
    /// Never.
    UntilStopped,
    /// After this time.
    Limited(Duration),
}

/// How long tasks may go on after a stop, unless the scenario says.
const STOP_TIMEOUT: Duration = Duration::from_millis(500);

impl App {
    /// Ties the control plane to the web; starts feeding the live sockets on
    /// the current runtime.
    #[must_use]
    pub fn new(runs: Runs, catalog: Catalog, defaults: Defaults) -> Self {
        let catalog = watch::Sender::new(Arc::new(catalog));
        let defaults = Arc::new(defaults);
        let feed = Feed::start(&runs, catalog.subscribe(), Arc::clone(&defaults));
        Self {
            runs,
            catalog: Arc::new(catalog),
            defaults,
            feed,
        }
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
        let started = self.start(Wish::default()).await;
        started.map(drop).map_err(|problem| problem.message)
    }

    /// Starts a run.
    ///
    /// # Errors
    /// What is wrong with the wish, the scenario or the target, in words.
    pub(super) async fn start(&self, wish: Wish) -> Result<RunSpec, Problem> {
        let id = wish.scenario.as_deref().unwrap_or(&self.defaults.scenario);
        let catalog = self.catalog();
        let entry = catalog
            .find(id)
            .ok_or_else(|| Problem::unknown_scenario(id, &catalog))?;
        let loaded = entry
            .loaded()
            .map_err(|problems| Problem::broken_scenario(entry, problems))?;
        let scenario = &loaded.scenario;
        let users = wish.users.or(self.defaults.users.map(f64::from));
        let spawn_rate = wish.spawn_rate.or(self.defaults.spawn_rate);
        // What a scenario plans itself is its own; Locust's clients give users
        // all the same.
        let load = scenario.steered().map(|own| {
            Load::new(
                users.unwrap_or_else(|| f64::from(own.users)),
                spawn_rate.unwrap_or(own.spawn_rate),
            )
        });
        let load = load.transpose().map_err(RunError::from)?;
        let remarks = unused_words(&wish).filter(|_| load.is_none());
        let run_time = match wish.run_time {
            RunTime::Preset => self.defaults.run_time.or(scenario.run_time),
            RunTime::UntilStopped => None,
            RunTime::Limited(time) => Some(time),
        };
        if run_time.is_some_and(|time| time.is_zero()) {
            return Err(Problem::bad_request(
                "a run time of 0 measures nothing; leave it empty to run until stopped",
                Some("run_time"),
            ));
        }
        let host = self.host(wish.host, entry);
        let program = loaded
            .compile(host.as_deref())
            .map_err(|error| Problem::host(&error))?;
        let spec = RunSpec {
            scenario: scenario.name.clone(),
            host: program
                .origins
                .first()
                .map(ToString::to_string)
                .unwrap_or_default(),
            workloads: scenario.workloads_with(load),
            iterations: scenario.iterations,
            max_rps: scenario.max_rps,
            run_time,
            stop_timeout: self
                .defaults
                .stop_timeout
                .or(scenario.stop_timeout)
                .unwrap_or(STOP_TIMEOUT),
            remarks: remarks.into_iter().collect(),
        };
        self.runs.start(spec.clone(), Arc::new(program)).await?;
        Ok(spec)
    }

    /// The target: as wished, else the preset one, else the scenario's own.
    fn host(&self, wished: Option<String>, entry: &Entry) -> Option<String> {
        let wished = wished
            .filter(|host| !host.trim().is_empty())
            .map(|host| host.trim().to_owned());
        wished
            .or_else(|| self.defaults.host.clone())
            .or_else(|| entry.host().map(str::to_owned))
    }
}

/// What was asked for and says nothing to a scenario that plans all of its load.
fn unused_words(wish: &Wish) -> Option<String> {
    let users = wish.users.map(|users| format!("{users} users"));
    let rate = wish.spawn_rate.map(|rate| format!("{rate} users/s"));
    let given: Vec<_> = users.into_iter().chain(rate).collect();
    let given = (!given.is_empty()).then(|| given.join(" at "))?;
    Some(format!(
        "{given} were asked for and are not used: this scenario plans its load itself"
    ))
}
