//! Why a run stops.

/// Why a run stops. Its text is part of events and of what a search has found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StopReason {
    /// An operator stopped it.
    #[error("by the operator")]
    Operator,
    /// A signal to a run without a dashboard.
    #[error("by a signal")]
    Signal,
    /// The dead man's switch.
    #[error("no dashboard was open")]
    Unattended,
    /// Its run time is over.
    #[error("run time reached")]
    RunTimeReached,
    /// It has done all of its iterations.
    #[error("all iterations finished")]
    IterationsDone,
    /// No user is left.
    #[error("no users left, and none planned")]
    NoUserLeft,
    /// The same, because `on_start` failed.
    #[error("on_start failed for all users")]
    NoUserStarted,
    /// No user was started.
    #[error("no users started")]
    NotBegun,
    /// Its search has found the limit, or has given up.
    #[error("limit search finished")]
    SearchEnded,
    /// A shard has ended by itself.
    #[error("internal error: a shard stopped; please report this")]
    ShardEnded,
    /// A criterion that ends it is broken.
    #[error("criterion failed: {0}")]
    CriterionBroken(String),
    /// The program ends.
    #[error("Swarmdeck is shutting down")]
    ProgramEnds,
    /// Something could not be done.
    #[error("{0}")]
    Failed(String),
    /// A reason given by the caller.
    #[error("{0}")]
    Said(&'static str),
    /// Ended at once, without last words.
    #[error("killed {0}")]
    Halted(Box<StopReason>),
}
