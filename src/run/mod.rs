//! Runs: the only state machine, and the only path on which what shards
//! counted becomes what people see.
//!
//! One task, the controller, owns everything. It publishes two things: the
//! latest [`Snapshot`] (immutable; readers may miss some) and the [`Log`] of
//! closed seconds and events (bounded; a reader that falls behind is told how
//! much it lost).

mod active;
mod admission;
mod aggregator;
mod aside;
mod author;
mod behaviour;
mod burst;
mod changes;
mod classes;
mod controller;
mod delivery;
mod edits;
mod end;
mod error;
mod failure_sample;
mod few_rows;
mod few_samples;
mod foreseen;
mod guardrails;
mod handle;
mod health;
mod hold;
mod judge;
mod level;
mod log;
mod lookups;
mod machine;
mod once;
mod past;
mod plan;
mod preflight;
mod present;
mod reach;
mod rehearsal;
mod resolver;
mod samples;
mod scribe;
mod search;
#[cfg(test)]
mod search_tests;
mod seek;
mod snapshot;
mod starved_tasks;
mod tables;
mod task_steps;
mod trial;
mod unattended;
mod users;
mod watch;

pub use author::Author;
pub use controller::{spawn, spawn_within};
pub use end::RUN_TIME_REACHED;
pub use error::{Blame, RunError};
pub use failure_sample::{BodyKind, FailureSample, RequestId, time_text};
pub use few_rows::few_rows;
pub use few_samples::few_samples;
pub use foreseen::foreseen;
pub use guardrails::Consent;
pub use handle::{Runs, Why};
pub use log::{Event, EventKind, Level, Log, NewPoints};
pub use past::{Past, PastTables, Step};
pub use resolver::Resolver;
pub use snapshot::{GeneratorHealth, Latencies, RunInfo, Snapshot};
pub use tables::{ClassRow, FailureLine, NameRow, Tables, TaskRow};
pub use trial::{TriedHook, prepare_trial, try_setup, try_teardown};
pub use watch::try_probes;
