//! What a dashboard and a terminal both do: which scenarios are on offer, how one
//! becomes a run, how several are run one after the other, and the demo.
//!
//! Nothing here speaks HTTP or prints: `web` and `cli` do, each for its own reader.

mod catalog;
mod dead_man;
mod demo;
mod error;
mod event_log;
mod launch;
mod played;
mod prepared_run;
mod readiness;
mod sources;
mod state;
mod suite;
mod watched_files;

pub use catalog::{Catalog, CatalogEntry};
pub use dead_man::DeadMan;
pub use demo::{DemoLab, Scene, Script};
pub use error::SessionError;
pub use launch::{Initiator, Start};
pub use played::Played;
pub use prepared_run::{PreparedRun, StartedRun};
pub use readiness::{WaitError, WaitFor};
pub use sources::{FindError, ScenarioFiles, files_at, find_scenarios};
pub use state::{Defaults, Session};
pub use suite::{
    AllScenarios, COOL_DOWN, End, EntryError, Progress, StepState, Suite, SuiteEntry, SuiteEvent,
    SuiteOptions, SuiteRefused, SuiteStage, SuiteStep, Suites,
};
pub use watched_files::WatchedFiles;
