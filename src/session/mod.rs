//! What a dashboard and a terminal both do: which scenarios are on offer, how one
//! becomes a run, and how several are run one after the other.
//!
//! Nothing here speaks HTTP or prints; `web` and `cli` do, each for its own reader.

mod catalog;
mod event_log;
mod sources;
mod started;
mod suite;
mod watched_files;

pub use catalog::{Catalog, CatalogEntry};
pub(crate) use event_log::chronicle;
pub use sources::{FindError, ScenarioFiles, files_at, find_scenarios};
pub use started::{Planned, Started, machine};
pub use suite::{
    End, EntryError, Progress, Sequence, StepState, SuiteEntry, SuiteEvent, SuiteStage, SuiteStep,
};
pub use watched_files::WatchedFiles;
