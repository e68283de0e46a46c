//! The words everything else is written in: ids, units, the scenario as
//! written, what a run is asked to do, and what can go wrong with a request.
//!
//! Plain data. No I/O, no clocks, no runtime.

mod failure;
mod ids;
mod load;
mod method;
mod origin;
mod phases;
mod row_kind;
mod run_state;
mod scenario;
mod wait;

pub use failure::{ConnectFailure, Failure, LostAt, Malformed, TimedOut, TlsFailure};
pub use ids::{ClassId, NameId, OriginId, RequestId, SlotId, TaskId};
pub use load::{Load, LoadError, MAX_SPAWN_RATE, MAX_USERS, RunSpec};
pub use method::Method;
pub use origin::{Origin, Scheme, Wants};
pub use phases::Phases;
pub use row_kind::RowKind;
pub use run_state::RunState;
pub use scenario::{Population, Scenario, Task, TaskOrder, UserClass};
pub use wait::Wait;
