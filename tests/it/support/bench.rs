use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use swarmdeck::client::Clock;
use swarmdeck::model::{Change, Edit, Failure, Load, Recent, RunSpec, RunState, Samples, Workload};
use swarmdeck::program::Program;
use swarmdeck::run::{Author, RunError, Runs, Snapshot, StatRow, spawn};
use swarmdeck::scenario::{Environment, Source, builtin, load};

use super::time::soon;

/// A controller with two shards, and what it is to run.
pub(crate) struct Bench {
    pub(crate) runs: Runs,
    pub(crate) spec: RunSpec,
    program: Arc<Program>,
}

impl Bench {
    /// For a scenario in YAML.
    pub(crate) fn new(text: &str, host: &str) -> Self {
        Self::of(&Source::new("test.yaml", text), host)
    }

    /// The same with another number of shards.
    pub(crate) fn with_shards(self, shards: usize) -> Self {
        Self {
            runs: spawn(Clock::start(), shards),
            ..self
        }
    }

    /// The final figures of a run that ends by itself.
    pub(crate) async fn play(&mut self) -> Arc<Snapshot> {
        self.start_as_planned().await;
        self.until_stopped().await
    }

    /// For a scenario in a file.
    pub(crate) fn file(path: &Path, host: &str) -> Self {
        Self::of(&Source::read(path).expect("a file"), host)
    }

    /// For a scenario that is part of the program.
    pub(crate) fn builtin(file: &str, host: &str) -> Self {
        let mut all = builtin().iter();
        let source = all.find(|source| source.file == file).expect("built in");
        Self::of(source, host)
    }

    /// For such a scenario without its rehearsal, which a target counts too.
    pub(crate) fn unrehearsed(file: &str, host: &str) -> Self {
        let mut bench = Self::builtin(file, host);
        let classes = &mut Arc::make_mut(&mut bench.program).classes;
        classes
            .iter_mut()
            .for_each(|class| class.is_rehearsed = false);
        bench
    }

    /// For one user class of this body, indented by four.
    pub(crate) fn class(body: &str, host: &str) -> Self {
        Self::new(&format!("user_classes:\n  U:\n{body}\n"), host)
    }

    fn of(source: &Source, host: &str) -> Self {
        let loaded = load(source, &Environment::default());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?}"));
        let program = loaded.compile(Some(host)).expect("a host");
        Self {
            runs: spawn(Clock::start(), 2),
            spec: RunSpec {
                scenario: loaded.scenario.name.clone(),
                host: host.to_owned(),
                profile: String::new(),
                workloads: loaded.scenario.workloads.clone(),
                iterations: loaded.scenario.iterations,
                max_rps: loaded.scenario.max_rps,
                run_time: loaded.scenario.run_time,
                stop_timeout: Duration::from_millis(500),
                remarks: Vec::new(),
                recent: Recent::All,
                samples: Samples::Kept,
                probes: loaded.scenario.probes,
                criteria: loaded.scenario.criteria,
                timeline: loaded.scenario.timeline,
                find_limit: None,
            },
            program: Arc::new(program),
        }
    }

    /// What it would run.
    pub(crate) fn planned(&self) -> (RunSpec, Arc<Program>) {
        (self.spec.clone(), Arc::clone(&self.program))
    }

    pub(crate) async fn start(&mut self, users: u32, spawn_rate: f64) {
        self.try_start(users, spawn_rate).await.expect("starts");
    }

    /// Starts with the load and the run time of the scenario.
    pub(crate) async fn start_as_planned(&mut self) {
        let start = self
            .runs
            .start(self.spec.clone(), Arc::clone(&self.program), None);
        soon("a start", start).await.expect("starts");
    }

    pub(crate) async fn try_start(&mut self, users: u32, rate: f64) -> Result<(), RunError> {
        let load = Load {
            users,
            spawn_rate: rate,
        };
        Workload::steer(&mut self.spec.workloads, load);
        let start = self
            .runs
            .start(self.spec.clone(), Arc::clone(&self.program), None);
        soon("a start", start).await.map(drop)
    }

    /// What a test does to it.
    pub(crate) async fn change(&self, change: Change) -> Result<Load, RunError> {
        soon("a change", self.runs.change(change, Author::new("a test"))).await
    }

    pub(crate) async fn edit_users(&self, users: u32) {
        let edit = Edit {
            users: Some(f64::from(users)),
            spawn_rate: None,
            rate: None,
        };
        self.change(Change::Load(edit)).await.expect("edits");
    }

    /// The first snapshot for which a condition holds.
    pub(crate) async fn until(
        &self,
        what: &str,
        condition: impl FnMut(&Arc<Snapshot>) -> bool,
    ) -> Arc<Snapshot> {
        let mut snapshots = self.runs.snapshots();
        let found = soon(what, snapshots.wait_for(condition)).await;
        Arc::clone(&found.expect("a controller"))
    }

    /// The final figures of a run that is on its way to an end.
    pub(crate) async fn until_stopped(&self) -> Arc<Snapshot> {
        self.until("the end", |s| s.state == RunState::Stopped)
            .await
    }

    /// Until so many requests have ended.
    pub(crate) async fn until_requests(&self, requests: u64) -> Arc<Snapshot> {
        let enough = |s: &Arc<Snapshot>| s.counts.succeeded + s.counts.failed >= requests;
        self.until("requests", enough).await
    }

    /// Until so many users run.
    pub(crate) async fn until_users(&self, users: u64) -> Arc<Snapshot> {
        self.until("users", |s| s.users == users).await
    }

    /// The final figures.
    pub(crate) async fn stop(&self) -> Arc<Snapshot> {
        let stopped = soon("a stop", self.runs.stop("by the test")).await;
        stopped.expect("stops");
        self.runs.snapshot()
    }
}

/// The counts of a stopped run add up.
pub(crate) fn assert_conserved(snapshot: &Snapshot) {
    let counts = &snapshot.counts;
    assert_eq!(snapshot.state, RunState::Stopped);
    assert_eq!(
        counts.requests_started,
        counts.succeeded + counts.failed + counts.cut_off,
        "{counts:?}"
    );
    assert_eq!(
        counts.tasks_started,
        counts.tasks_succeeded + counts.tasks_failed + counts.tasks_cut_off,
        "{counts:?}"
    );
    assert_eq!(snapshot.users, 0, "{counts:?}");
    let tables = &snapshot.tables;
    assert_eq!(&tables.counts, counts);
    assert_eq!(tables.aggregated.requests, counts.succeeded + counts.failed);
    assert_eq!(tables.aggregated.failures, counts.failed);
    let of_rows = |count: fn(&StatRow) -> u64| -> u64 {
        let rows = tables.requests.iter();
        rows.filter(|row| row.is_request()).map(count).sum()
    };
    assert_eq!(of_rows(|row| row.requests), tables.aggregated.requests);
    assert_eq!(of_rows(|row| row.failures), tables.aggregated.failures);
    let failures = tables.failures.iter();
    let failures = failures.filter(|line| line.is_request());
    let failures: u64 = failures.map(|line| line.count).sum();
    assert_eq!(failures + tables.failures_dropped, counts.failed);
}

/// Nothing is wrong with the run itself, except perhaps that this machine was
/// busy with other tests.
pub(crate) fn assert_sound(snapshot: &Snapshot) {
    let judgement = snapshot.judgement.as_deref();
    if let Some(judgement) = judgement.filter(|_| snapshot.unsound().is_some()) {
        let by_load = [
            "generator.disturbed",
            "generator.gaps",
            "generator.undelivered",
        ];
        let is_by_load = by_load.map(Some).contains(&judgement.unsound.as_deref());
        assert!(is_by_load, "{judgement:?}");
    }
}

/// Failures that were answered.
pub(crate) fn http_failures(snapshot: &Snapshot) -> u64 {
    let answered = |failure| {
        matches!(
            failure,
            Some(Failure::Status(_) | Failure::Expectation(_) | Failure::Capture(_))
        )
    };
    let lines = snapshot.tables.failures.iter();
    lines
        .filter(|line| answered(line.failure))
        .map(|line| line.count)
        .sum()
}
