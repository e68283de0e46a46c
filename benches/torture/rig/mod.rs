//! One run of the program under a fault, and which invariants it kept.
//!
//! The bench makes such runs for as long as it is told to, a test of the suite
//! makes one of each fault. Everything that is random comes from a seed.

mod bodies;
mod disk;
mod episode;
mod faults;
mod files;
mod frames;
mod invariants;
mod process;
mod run;
mod target;
mod trouble;
mod viewers;

pub(crate) use faults::{FAULTS, Fault, Group};
pub(crate) use invariants::{Cell, Invariant};
pub(crate) use run::{Context, Outcome, run};
pub(crate) use trouble::Trouble;
