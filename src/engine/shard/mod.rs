//! A shard: its thread, its users, and what the control plane and it say to each other.

pub(crate) mod cpu_meter;
pub(crate) mod lateness_probe;
pub(crate) mod limits;
pub(crate) mod load_end;
pub(crate) mod log_buffer;
pub(crate) mod mailbox;
pub(crate) mod pause;
pub(crate) mod send_turns;
pub(crate) mod spawner;
pub(crate) mod swarm;
pub(crate) mod thread;
pub(crate) mod user_handle;
pub(crate) mod user_set;
pub(crate) mod workload;
