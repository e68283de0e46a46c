use tokio::task::JoinError;

use crate::run::{Blame, RunError};
use crate::scenario::{ChoiceError, NotInLines, RunOptionsError};
use crate::session::catalog::{Catalog, CatalogEntry};
use crate::session::readiness::WaitError;
use crate::session::suite::{ENTRIES_MAX, EntryError};

/// Why an action failed. `web` maps it to a status and `cli` to an exit code,
/// each in one place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error("unknown scenario {id:?}; available: {}", .known.join(", "))]
    UnknownScenario { id: String, known: Vec<String> },
    #[error("{file} has errors: {mistakes}")]
    BrokenScenario { file: String, mistakes: String },
    #[error("internal error: cannot read the scenario: {0}; please report this")]
    Unreadable(#[source] JoinError),
    #[error(transparent)]
    Classes(#[from] ChoiceError),
    #[error(transparent)]
    Options(#[from] RunOptionsError),
    #[error(transparent)]
    Wait(#[from] WaitError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("no run to report on; start one first")]
    NoRun,
    #[error(transparent)]
    NotInLines(#[from] NotInLines),
    #[error("the demo needs the lab: start Swarmdeck with --demo")]
    NoLab,
    #[error("the demo is running; exit it first")]
    DemoActive,
    #[error("a suite is running; stop it first")]
    SuiteActive,
    #[error("{name}: {error}")]
    SuiteEntry { name: String, error: EntryError },
    #[error("no scenario has a run time; set a duration, or `load.run_time` in a file")]
    SuiteEmpty,
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

    pub(crate) fn blame(&self) -> Blame {
        match self {
            Self::Run(error) => error.blame(),
            Self::Wait(error) => error.blame(),
            Self::Unreadable(_) => Blame::Program,
            _ => Blame::Asker,
        }
    }
}
