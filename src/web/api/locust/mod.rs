//! Locust's routes.

pub(in crate::web) mod change;
pub(in crate::web) mod history;
pub(in crate::web) mod read;
pub(in crate::web) mod report;
