use tokio::task::JoinError;

use crate::run::{Blame, RunError};
use crate::scenario::{ChoiceError, NotInLines, RunOptionsError};
use crate::session::catalog::{Catalog, CatalogEntry};
use crate::session::readiness::WaitError;
use crate::session::suite::{ENTRIES_MAX, EntryError};

/// Why something was not started, stopped or told. `web` gives it a status and
/// `cli` an exit code, each in one place.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No scenario on offer has this id or name.
    #[error("unknown scenario {id:?}; available: {}", .known.join(", "))]
    UnknownScenario {
        /// What was named.
        id: String,
        /// The ids of those on offer.
        known: Vec<String>,
    },
    /// The scenario has mistakes.
    #[error("{file} has errors: {mistakes}")]
    BrokenScenario {
        /// Its file.
        file: String,
        /// All of them.
        mistakes: String,
    },
    /// The thread that should have read the scenario again has failed.
    #[error("internal error: cannot read the scenario: {0}; please report this")]
    Unreadable(#[source] JoinError),
    /// The choice of user classes cannot be granted.
    #[error(transparent)]
    Classes(#[from] ChoiceError),
    /// The run options cannot be granted.
    #[error(transparent)]
    Options(#[from] RunOptionsError),
    /// What `--wait-for` names does not answer.
    #[error(transparent)]
    Wait(#[from] WaitError),
    /// The controller refuses.
    #[error(transparent)]
    Run(#[from] RunError),
    /// There is no run to say anything of.
    #[error("no run to report on; start one first")]
    NoRun,
    /// What was changed in a run cannot be written into its scenario.
    #[error(transparent)]
    NotInLines(#[from] NotInLines),
    /// There is no target that the demo could be played on.
    #[error("the demo needs the lab: start Swarmdeck with --demo")]
    NoLab,
    /// Somebody has the demo played.
    #[error("the demo is running; exit it first")]
    DemoActive,
    /// A suite goes on.
    #[error("a suite is running; stop it first")]
    SuiteActive,
    /// A scenario cannot be part of a suite.
    #[error("{name}: {error}")]
    SuiteEntry {
        /// Its name.
        name: String,
        /// Why not.
        error: EntryError,
    },
    /// No scenario on offer can be part of a suite.
    #[error("no scenario has a run time; set a duration, or `load.run_time` in a file")]
    SuiteEmpty,
    /// A suite has too many scenarios.
    #[error("too many scenarios ({0}); list at most {ENTRIES_MAX} in `scenarios`")]
    SuiteTooLong(usize),
}

impl SessionError {
    pub(super) fn unknown_scenario(id: &str, catalog: &Catalog) -> Self {
        Self::UnknownScenario {
            id: id.to_owned(),
            known: catalog.iter().map(|entry| entry.id.clone()).collect(),
        }
    }

    /// Of a scenario that has mistakes.
    pub(super) fn broken_scenario(entry: &CatalogEntry) -> Self {
        let mistakes = entry.loaded().err().into_iter().flatten();
        let mistakes: Vec<_> = mistakes.map(ToString::to_string).collect();
        Self::BrokenScenario {
            file: entry.file.clone(),
            mistakes: mistakes.join("; "),
        }
    }

    /// Who can mend it.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Run(error) => error.blame(),
            Self::Wait(error) => error.blame(),
            Self::Unreadable(_) => Blame::Program,
            _ => Blame::Asker,
        }
    }
}
