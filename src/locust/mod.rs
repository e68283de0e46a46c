//! Locust's vocabulary, at the edge: the shapes that its clients know.
//!
//! Nothing further in uses these names.

mod ratio;
pub use ratio::{Ratio, Ratios, TaskRatios};
mod console;
pub mod csv;
#[cfg(test)]
mod example;
mod json;
mod log;
mod rounding;
mod stats;

pub use console::{RatesOf, error_report, name_width, percentiles, summary};
pub use json::json;
pub use log::{LogLevel, LogLine};
pub use stats::{StatsEntry, StatsError, StatsRequests};
