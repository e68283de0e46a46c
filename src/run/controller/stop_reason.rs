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
    #[error("nobody looked at it any more")]
    Unattended,
    /// Its run time is over.
    #[error("run time reached")]
    RunTimeReached,
    /// It has done all of its iterations.
    #[error("all iterations are done")]
    IterationsDone,
    /// Nobody is left in it.
    #[error("no user is left, and none is planned")]
    NoUserLeft,
    /// The same, because `on_start` failed.
    #[error("no user is left: on_start failed for all of them")]
    NoUserStarted,
    /// No user was started.
    #[error("no user was started")]
    NotBegun,
    /// Its search has found the limit, or has given up.
    #[error("the search for the limit has ended")]
    SearchEnded,
    /// A shard has ended by itself.
    #[error("a shard has ended by itself")]
    ShardEnded,
    /// A criterion that ends it is broken.
    #[error("a criterion is broken: {0}")]
    CriterionBroken(String),
    /// The program ends.
    #[error("the program ends")]
    ProgramEnds,
    /// Something could not be done.
    #[error("{0}")]
    Failed(String),
    /// What a caller says of it.
    #[error("{0}")]
    Said(&'static str),
    /// Ended at once, without last words.
    #[error("halted {0}")]
    Halted(Box<StopReason>),
}
