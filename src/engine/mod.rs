//! The data plane: shards, each one thread that owns its users, their
//! connections and its recorder, and shares nothing.
//!
//! Commands come in, interval statistics go out, both through bounded queues.
//! In steady state a request locks nothing, sends nothing over a channel and
//! allocates nothing here.

mod one_shot;
mod open_load;
mod shard;
mod timer;
mod user;

pub use one_shot::one_off::{OneOff, OneOffEnd, run_one_off};
pub use one_shot::trace::Trace;
pub use one_shot::trial::{TrialEnd, TrialPart, TriedPart, try_once};
pub use shard::limits::Limits;
pub use shard::log_buffer::LogBuffer;
pub use shard::mailbox::Report;
pub use shard::swarm::{Swarm, SwarmSetup};
pub use shard::thread::INTERVAL_US;
