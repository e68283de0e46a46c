//! What the dashboard and the terminal share: available scenarios, starting
//! runs, suites, and the demo.
//!
//! Nothing here serves HTTP or prints: `web` and `cli` do.

mod catalog;
mod dead_man;
mod demo;
mod error;
mod event_log;
mod launch;
mod prepared_run;
mod readiness;
mod scenario_export;
mod sources;
mod state;
mod suite;
mod watched_files;

// The words of scenarios that `web` needs for requests and responses.
pub(crate) use crate::program::mask_address;
pub(crate) use crate::scenario::{
    DiffLine, DurationError, RunOptions, RunOptionsError, RunTime, parse_change, parse_duration,
    patterns, schema_definitions,
};
pub use catalog::Catalog;
pub(crate) use catalog::CatalogEntry;
pub(crate) use demo::Scene;
pub use demo::{DemoLab, Script};
pub(crate) use error::SessionError;
pub(crate) use launch::{Initiator, Start};
pub(crate) use prepared_run::{PreparedRun, StartedRun};
pub(crate) use readiness::WaitFor;
pub(crate) use sources::{ScenarioFiles, files_at, find_scenarios};
pub use state::{Defaults, Session};
pub(crate) use suite::{
    AllScenarios, COOL_DOWN, EntryError, Progress, StepState, Suite, SuiteEntry, SuiteEvent,
    SuiteOptions, SuiteStage, SuiteStep,
};
pub(crate) use watched_files::WatchedFiles;
