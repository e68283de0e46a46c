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

pub use driver::{Suite, SuiteRefused};
pub use entry::{End, EntryError, SuiteEntry};
pub use progress::{Progress, StepState, SuiteStage, SuiteStep};
pub(crate) use selection::ENTRIES_MAX;
pub use selection::{AllScenarios, COOL_DOWN, SuiteOptions};
pub use sequence::SuiteEvent;
pub use suites::Suites;
