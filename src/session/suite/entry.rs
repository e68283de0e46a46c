use std::sync::Arc;
use std::time::Duration;

use crate::model::{RunSpec, Scenario};
use crate::program::Program;
use crate::report::About;
use crate::scenario::{Loaded, RunOptions, RunOptionsError};
use crate::session::prepared_run::machine;

/// A scenario of a suite, ready to be run.
#[derive(Debug)]
pub struct SuiteEntry {
    /// What it is called where names have to be unique.
    pub id: String,
    /// What reports say of it.
    pub about: About,
    /// What its run is to do.
    pub spec: RunSpec,
    /// What its users do.
    pub program: Arc<Program>,
}

/// Why a scenario cannot be part of a suite.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// What is wished of it cannot be granted.
    #[error(transparent)]
    Options(#[from] RunOptionsError),
    /// The next one would never begin.
    #[error("no run time; set a duration, or `load.run_time` in its file")]
    Endless,
}

/// When a scenario ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After this time.
    After(Duration),
    /// When so much is done, whenever that is.
    Done,
    /// Never.
    Never,
}

impl SuiteEntry {
    /// Plans a scenario as it is wished, on this machine.
    ///
    /// # Errors
    /// The wish cannot be granted, or the run would not end by itself.
    pub fn new(
        id: impl Into<String>,
        loaded: &Loaded,
        wish: &RunOptions,
    ) -> Result<Self, EntryError> {
        let (spec, program) = loaded.plan(wish)?;
        if End::of(&loaded.scenario, wish) == End::Never {
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
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.scenario
    }
}

impl End {
    /// Of a scenario that is run as it is wished.
    #[must_use]
    pub fn of(scenario: &Scenario, wish: &RunOptions) -> Self {
        match (wish.run_time.or(scenario.run_time), scenario.iterations) {
            (Some(time), _) => Self::After(time),
            (None, Some(_)) => Self::Done,
            (None, None) => Self::Never,
        }
    }
}
