//! Suites: scenario after scenario, each to its end, with one verdict over all.
//!
//! [`Sequence`] does it, step by step; the terminal tells the steps, the
//! dashboard keeps them in a [`Progress`].

mod entry;
mod progress;
mod sequence;

pub use entry::{End, EntryError, SuiteEntry};
pub use progress::{Progress, StepState, SuiteStage, SuiteStep};
pub use sequence::{Sequence, SuiteEvent};
