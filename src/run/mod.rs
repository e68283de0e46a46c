//! Runs: the only state machine, and the only path on which what shards
//! counted becomes what people see.
//!
//! One task, the controller, owns everything. It publishes two things: the
//! latest [`Snapshot`] (immutable; readers may miss some) and the [`Log`] of
//! closed seconds and events (bounded; a reader that falls behind is told how
//! much it lost).

mod controller;
mod edits;
mod evaluate;
mod events;
mod limit;
mod prepare;
mod stats;

pub use controller::author::Author;
pub use controller::command_loop::{spawn, spawn_within};
pub use controller::error::{Blame, RunError};
pub use controller::handle::{Runs, Why};
pub use controller::stop_reason::StopReason;
pub use evaluate::few_rows::few_rows;
pub use evaluate::few_samples::few_samples;
pub use evaluate::forecast::forecast;
pub use events::details::{
    AskedUsers, BurstRecovery, ChangeEvent, EditLine, LevelEvent, ReachedTarget, SetupEvent,
    TargetEvent,
};
pub use events::event::{Event, EventData, EventKind, Level};
pub use events::log::{Log, NewPoints};
pub use prepare::guardrails::Consent;
pub use prepare::resolver::Resolver;
pub use prepare::trial::{TriedHook, prepare_trial, try_setup, try_teardown};
pub use stats::failure_line::FailureLine;
pub use stats::failure_sample::{BodyKind, FailureSample, RequestId};
pub use stats::probe_polling::try_probes;
pub use stats::snapshot::{GeneratorHealth, Latencies, RunInfo, Snapshot};
pub use stats::stat_row::{Rates, RawFigures, StatRow};
pub use stats::tables::{ClassRow, StartFailure, Tables, TaskRow};
pub use stats::window_query::{WindowQuery, WindowTables};
