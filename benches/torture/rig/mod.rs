//! One run of the program under a fault, and which invariants it kept.
//!
//! The bench makes such runs for as long as it is told to, a test of the suite
//! makes one of each fault. Everything that is random comes from a seed.

mod bodies;
mod disk;
mod episode;
pub(crate) mod error;
pub(crate) mod faults;
mod files;
mod frames;
pub(crate) mod invariants;
mod process;
pub(crate) mod run;
mod target;
mod viewers;
