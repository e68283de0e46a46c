//! The rules, each with what is nearly a case of it.

mod always;
mod samples;
mod script;
mod simulated;
mod simulation;
mod times;
