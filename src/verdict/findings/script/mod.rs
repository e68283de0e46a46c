//! Findings about the scenario.

pub(crate) mod always_fails;
pub(crate) mod auth;
pub(crate) mod paths;
