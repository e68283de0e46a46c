//! The data plane: shards, each one thread that owns its users, their
//! connections and its recorder, and shares nothing.
//!
//! Commands come in, interval statistics go out, both through bounded queues.
//! In steady state a request locks nothing, sends nothing over a channel and
//! allocates nothing here.

mod alarm;
mod alone;
mod appointment;
mod canary;
mod conduct;
mod delivery;
mod desk;
mod dispatcher;
mod errand;
mod interpreter;
mod journal;
mod lane;
mod limits;
mod mailbox;
mod member;
mod meter;
mod parallel;
mod pause;
mod roster;
mod rows;
mod send;
mod shard;
mod spawner;
mod swarm;
mod timer;
mod trial;
mod turns;
mod user;
mod wheel;
mod witness;

pub use errand::{Errand, ErrandEnd, run_errand};
pub use journal::Journal;
pub use limits::Limits;
pub use mailbox::Report;
pub use shard::INTERVAL_US;
pub use swarm::{Swarm, SwarmSetup};
pub use trial::{Part, TrialEnd, Tried, try_once};
pub use witness::Trace;
