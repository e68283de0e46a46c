//! Readings from outside the engine.
//!
//! Everything that is asked of the operating system is asked in [`host`],
//! where "not available here" is a value.

pub mod host;
