//! The one way from a scenario to a run that goes on, with a dashboard and without.

use std::sync::Arc;

use crate::model::{RunSpec, Scenario};
use crate::probes::host;
use crate::program::Program;
use crate::report::{About, Machine};
use crate::run::{Author, Consent, RunError, RunInfo, Runs, Snapshot};
use crate::scenario::{Loaded, RunOptions, RunOptionsError};

/// A run that was thought through and not started yet.
#[derive(Debug)]
pub struct PreparedRun {
    spec: RunSpec,
    program: Arc<Program>,
    about: About,
    scenario: Scenario,
    consent: Consent,
}

/// A run that was started, as whoever started it knows it.
#[derive(Debug)]
pub struct StartedRun {
    /// Which run it is.
    pub run: Arc<RunInfo>,
    /// What it was to do.
    pub spec: RunSpec,
    /// The program it runs.
    pub program: Arc<Program>,
    /// What reports say of it.
    pub about: About,
    scenario: Scenario,
}

impl PreparedRun {
    /// What comes of a scenario and a wish; what the wish does not say is
    /// taken from the preset one.
    ///
    /// # Errors
    /// The first part of either that cannot be granted.
    pub fn new(
        loaded: &Loaded,
        wish: &RunOptions,
        preset: &RunOptions,
    ) -> Result<Self, RunOptionsError> {
        let (mut spec, program) = loaded.plan(&wish.clone().or(preset))?;
        spec.remarks.extend(wish.unused_by(&loaded.scenario));
        Ok(Self {
            about: About::new(&loaded.scenario, &loaded.text, &spec, machine()),
            program: Arc::new(program),
            scenario: loaded.scenario.clone(),
            spec,
            consent: Consent::default(),
        })
    }

    /// Says something about it that is worth knowing.
    #[must_use]
    pub(super) fn remark(mut self, text: Option<String>) -> Self {
        self.spec.remarks.extend(text);
        self
    }

    /// Says something about its targets.
    #[must_use]
    pub fn with(self, consent: Consent) -> Self {
        Self { consent, ..self }
    }

    /// What it is to do.
    #[must_use]
    pub fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// Starts it.
    ///
    /// # Errors
    /// What the controller says.
    pub async fn start(self, runs: &Runs, by: Option<Author>) -> Result<StartedRun, RunError> {
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
    pub fn scenario(&self) -> (&Scenario, &str) {
        (&self.scenario, &self.about.text)
    }

    /// The names of its user classes.
    pub fn class_names(&self) -> Vec<String> {
        let classes = self.program.classes.iter();
        classes.map(|class| class.name.clone()).collect()
    }

    /// Whether a snapshot is one of this run.
    #[must_use]
    pub fn is(&self, snapshot: &Snapshot) -> bool {
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
