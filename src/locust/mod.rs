//! Locust's vocabulary, at the edge: the shapes that its clients know.
//!
//! Nothing further in uses these names.

mod console;
pub mod csv;
#[cfg(test)]
mod example;
mod exceptions;
mod json;
mod log;
mod ratio;
mod rounding;
mod row;
mod stats;
mod tasks;
mod times;

pub use console::{RatesOf, error_report, name_width, percentiles, summary};
pub use exceptions::{Exceptions, TaskException};
pub use json::json;
pub use log::{LogLevel, LogLine};
pub use ratio::{Ratio, Ratios, TaskRatios};
pub use stats::{StatsEntry, StatsError, StatsRequests};
pub use times::{download_name, zoned};
