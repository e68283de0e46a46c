//! Locust's vocabulary, at the edge: the shapes that its clients know.
//!
//! Nothing further in uses these names.

mod ratio;
mod stats;

pub use ratio::{Ratio, Ratios, TaskRatios};
pub use stats::{StatsEntry, StatsError, StatsRequests};
