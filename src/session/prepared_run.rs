//! The way from a scenario to a started run, with or without a dashboard.

use std::sync::Arc;

use crate::model::{RunSpec, Scenario};
use crate::probes::host;
use crate::program::Program;
use crate::report::{About, Machine};
use crate::run::{Author, Consent, RunError, RunInfo, Runs, Snapshot};
use crate::scenario::{Loaded, RunOptions, RunOptionsError};

/// A run that was thought through and not started yet.
#[derive(Debug)]
pub(crate) struct PreparedRun {
    spec: RunSpec,
    program: Arc<Program>,
    about: About,
    scenario: Scenario,
    consent: Consent,
}

/// A started run, with its specification and scenario.
#[derive(Debug)]
pub(crate) struct StartedRun {
    pub(crate) run: Arc<RunInfo>,
    pub(crate) spec: RunSpec,
    pub(crate) program: Arc<Program>,
    /// Its description in reports.
    pub(crate) about: About,
    scenario: Scenario,
}

impl PreparedRun {
    /// Resolves run options against a scenario; `preset` fills in what they leave out.
    pub(crate) fn new(
        loaded: &Loaded,
        options: &RunOptions,
        preset: &RunOptions,
    ) -> Result<Self, RunOptionsError> {
        let (mut spec, program) = loaded.plan(&options.clone().or(preset))?;
        spec.remarks.extend(options.unused_by(&loaded.scenario));
        Ok(Self {
            about: About::new(&loaded.scenario, &loaded.text, &spec, machine()),
            program: Arc::new(program),
            scenario: loaded.scenario.clone(),
            spec,
            consent: Consent::default(),
        })
    }

    /// Says something about it that is worth knowing.
    pub(super) fn remark(mut self, text: Option<String>) -> Self {
        self.spec.remarks.extend(text);
        self
    }

    /// Says something about its targets.
    pub(crate) fn with(self, consent: Consent) -> Self {
        Self { consent, ..self }
    }

    pub(crate) fn spec(&self) -> &RunSpec {
        &self.spec
    }

    pub(crate) async fn start(
        self,
        runs: &Runs,
        by: Option<Author>,
    ) -> Result<StartedRun, RunError> {
        let program = Arc::clone(&self.program);
        let spec = self.spec.clone();
        let run = runs.start_with(&self.consent, spec, program, by).await?;
        Ok(StartedRun {
            run,
            spec: self.spec,
            program: self.program,
            about: self.about,
            scenario: self.scenario,
        })
    }
}

impl StartedRun {
    /// The scenario as it is written, and its text.
    pub(crate) fn scenario(&self) -> (&Scenario, &str) {
        (&self.scenario, &self.about.text)
    }

    /// The names of its user classes.
    pub(crate) fn class_names(&self) -> Vec<String> {
        let classes = self.program.classes.iter();
        classes.map(|class| class.name.clone()).collect()
    }

    /// Whether a snapshot is one of this run.
    pub(crate) fn is(&self, snapshot: &Snapshot) -> bool {
        snapshot
            .run
            .as_ref()
            .is_some_and(|run| run.id == self.run.id)
    }
}

/// The machine that load comes from.
pub(super) fn machine() -> Machine {
    Machine {
        os: host::system(),
        cpus: host::usable_cores(),
    }
}
