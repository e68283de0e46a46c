use std::sync::Arc;
use std::time::Duration;

use crate::model::{RunSpec, Scenario};
use crate::program::Program;
use crate::report::About;
use crate::scenario::{Loaded, RunOptions, RunOptionsError};
use crate::session::prepared_run::machine;

/// A scenario of a suite, ready to be run.
#[derive(Debug)]
pub(crate) struct SuiteEntry {
    /// Its unique name.
    pub(crate) id: String,
    /// Its description in reports.
    pub(crate) about: About,
    pub(crate) spec: RunSpec,
    pub(crate) program: Arc<Program>,
}

/// Why a scenario cannot be part of a suite.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EntryError {
    #[error(transparent)]
    Options(#[from] RunOptionsError),
    #[error("no run time; set a duration, or `load.run_time` in its file")]
    Endless,
}

/// When a scenario ends without a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScenarioEnd {
    After(Duration),
    /// When its iterations are done.
    Done,
    Never,
}

impl SuiteEntry {
    /// Plans a scenario with these run options.
    pub(crate) fn new(
        id: impl Into<String>,
        loaded: &Loaded,
        options: &RunOptions,
    ) -> Result<Self, EntryError> {
        let (spec, program) = loaded.plan(options)?;
        if ScenarioEnd::of(&loaded.scenario, options) == ScenarioEnd::Never {
            return Err(EntryError::Endless);
        }
        Ok(Self {
            id: id.into(),
            about: About::new(&loaded.scenario, &loaded.text, &spec, machine()),
            spec,
            program: Arc::new(program),
        })
    }

    /// The name of the scenario.
    pub(crate) fn name(&self) -> &str {
        &self.spec.scenario
    }
}

impl ScenarioEnd {
    pub(crate) fn of(scenario: &Scenario, options: &RunOptions) -> Self {
        match (options.run_time.or(scenario.run_time), scenario.iterations) {
            (Some(time), _) => Self::After(time),
            (None, Some(_)) => Self::Done,
            (None, None) => Self::Never,
        }
    }
}
