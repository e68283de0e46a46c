//! Scenarios of several files, and files that they read.

mod bodies;
mod data;
#[cfg(unix)]
mod documents;
#[cfg(unix)]
mod examples;
#[cfg(unix)]
mod recorded;
#[cfg(unix)]
mod sub_scenarios;
