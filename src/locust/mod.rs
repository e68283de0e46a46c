//! Locust's vocabulary, at the edge: the shapes that its clients know.
//!
//! Nothing further in uses these names.

mod stats;

pub use stats::{StatsEntry, StatsError, StatsRequests};
