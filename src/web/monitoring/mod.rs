//! Figures for monitoring systems.

pub(crate) mod exposition;
pub(crate) mod prometheus;
