//! What the control plane and a shard say to each other.

use crate::engine::journal::Journal;
use crate::schedule::UserPlan;
use crate::stats::Interval;

/// From the control plane to a shard.
#[derive(Debug)]
pub(super) enum Command {
    /// The number of users of a closed lane follows this plan from now on.
    Follow {
        /// Which lane.
        lane: usize,
        /// The plan.
        plan: UserPlan,
    },
    /// Users finish their tasks, are cut off after the time-out, and the
    /// shard ends with a last report.
    Stop {
        /// How long running tasks may go on.
        timeout_us: u64,
    },
    /// Nothing is begun until [`Resume`](Self::Resume); what goes on goes on.
    Pause,
    /// Things go on as if the pause had not been.
    Resume,
    /// Users are cut off at once and say no last words, and the shard ends
    /// with a last report.
    Halt,
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
    /// Which shard.
    pub shard: usize,
    /// The number of resets it has seen.
    pub epoch: u32,
    /// The end of the interval, in intervals since the start of the run.
    pub tick: u64,
    /// What was counted.
    pub interval: Box<Interval>,
    /// Lines for the log of the run.
    pub journal: Journal,
    /// Users running at the end of the interval.
    pub users: u64,
    /// CPU time that the shard's thread used in the interval, if known.
    pub cpu_us: Option<u64>,
    /// The time the interval took.
    pub wall_us: u64,
    /// Whether the shard has ended and this is its last report.
    pub last: bool,
}
