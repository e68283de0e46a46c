//! What the control plane and a shard say to each other.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::client::ExcludedAddress;
use crate::engine::shard::log_buffer::LogBuffer;
use crate::model::{Arrivals, ClassId, NameId, OriginId, Population};
use crate::program::Class;
use crate::schedule::UserPlan;
use crate::stats::Interval;

/// From the control plane to a shard.
#[derive(Debug)]
pub(crate) enum Command {
    /// The number of users of a closed workload follows this plan from now on.
    Follow {
        /// Which workload.
        workload: usize,
        /// The plan.
        plan: UserPlan,
    },
    /// The task starts of an open workload are those of this plan from `from_us` on.
    Arrive {
        /// Which workload.
        workload: usize,
        /// The plan.
        arrivals: Arrivals,
        /// When the plan begins, on the run's axis.
        start_us: u64,
        /// From when on it holds.
        from_us: u64,
    },
    /// The classes of a workload have these populations.
    Mix {
        /// Which workload.
        workload: usize,
        /// One a class, in the order of the workload's.
        populations: Arc<[Population]>,
        /// How many users a second all shards together may replace for it.
        per_second: f64,
    },
    /// The weights and the wait of a class are those of this one.
    Class {
        /// Which class.
        id: ClassId,
        /// As it is now.
        class: Arc<Class>,
    },
    /// Requests of this name are sent, or passed over.
    Request {
        /// Which name.
        name: NameId,
        /// Whether they are sent.
        is_sent: bool,
    },
    /// New connections to these destinations go to these addresses.
    Move {
        /// Which destinations.
        origins: Arc<[OriginId]>,
        /// Where they are now.
        addresses: Arc<[SocketAddr]>,
    },
    /// The load ends then, on the run's axis, as if it was stopped; `None`
    /// for a load without an end.
    End {
        /// When.
        at_us: Option<u64>,
    },
    /// Users finish their tasks, are cut off after the time-out, and the
    /// shard ends with a last report.
    Stop {
        /// When the load ended, on the run's axis.
        at_us: u64,
        /// How long running tasks may go on.
        timeout_us: u64,
    },
    /// Nothing is begun until [`Resume`](Self::Resume); what goes on goes on.
    Pause,
    /// Things go on as if the pause had not been.
    Resume,
    /// Users are cut off at once and say no last words, and the shard ends
    /// with a last report.
    Halt {
        /// When the load ended, on the run's axis.
        at_us: u64,
    },
    /// What was counted so far is forgotten; reports carry this epoch from now on.
    Reset {
        /// The new epoch.
        epoch: u32,
    },
    /// A report's buffers, to be used again.
    Recycle(Box<Interval>),
}

/// From a shard to the control plane, at the end of each interval.
///
/// A shard whose report finds the queue full keeps accumulating: it never
/// blocks and loses no count.
#[derive(Debug)]
pub struct Report {
    pub(crate) shard: usize,
    /// The number of resets it has seen.
    pub(crate) epoch: u32,
    /// The end of the interval, in intervals since the start of the run.
    pub(crate) tick: u64,
    /// What was counted.
    pub interval: Box<Interval>,
    /// Addresses that were found to take no connections: eight at most.
    pub(crate) excluded: Vec<ExcludedAddress>,
    /// Lines for the log of the run.
    pub(crate) log_buffer: LogBuffer,
    /// Users running at the end of the interval.
    pub(crate) users: u64,
    /// Whether the shard has nothing left to do, and will have nothing unless
    /// it is told so.
    pub(crate) is_done: bool,
    /// How many commands the shard had carried out by then, recycled buffers aside.
    pub(crate) commands_done: u64,
    /// CPU time that the shard's thread used in the interval, if known.
    pub cpu_us: Option<u64>,
    /// The time the interval took.
    pub wall_us: u64,
    /// Whether the shard has ended and this is its last report.
    pub(crate) last: bool,
}
