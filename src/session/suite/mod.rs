//! Suites: scenario after scenario, each to its end, with one verdict over all.
//!
//! [`Suite`] runs them; the terminal prints its events, the dashboard keeps the
//! [`Progress`] of the last suite in [`Suites`].

mod driver;
mod entry;
mod progress;
mod selection;
mod sequence;
mod suites;

pub(crate) use driver::Suite;
pub(crate) use entry::{EntryError, SuiteEntry};
pub(crate) use progress::{Progress, StepState, SuiteStage, SuiteStep};
pub(crate) use selection::{AllScenarios, COOL_DOWN, ENTRIES_MAX, SuiteOptions};
pub(crate) use sequence::SuiteEvent;
pub(crate) use suites::Suites;
