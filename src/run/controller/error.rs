use crate::client::TlsSetupError;
use crate::model::{LoadError, RailError, plural};

/// Why the controller did not do what it was asked to. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The load is out of range.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A guard rail holds it back.
    #[error(transparent)]
    Rail(#[from] RailError),
    /// More users than the scenario's fixed counts allow.
    #[error(
        "this scenario has fixed counts only, {capacity} in all; {users} cannot be started",
        capacity = plural(*capacity, "user", "users")
    )]
    Capacity {
        /// What was asked for.
        users: u32,
        /// What there can be.
        capacity: u32,
    },
    /// Likewise, of a part of what the operator steers.
    #[error(
        "{classes}: fixed counts only, {capacity} in all; {share}/{all} of {users} users, {part}, cannot be started",
        capacity = plural(*capacity, "user", "users")
    )]
    CapacityOfPart {
        /// The names of the classes.
        classes: String,
        /// How many users of theirs there can be.
        capacity: u32,
        /// Their share of the users.
        share: u32,
        /// The sum of all shares.
        all: u64,
        /// What that is.
        part: u32,
        /// What was asked for, of all parts.
        users: u32,
    },
    /// The host name has no address.
    #[error(
        "the host name {host} has no address ({detail}): check the host's spelling, or the DNS of this machine"
    )]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        detail: String,
    },
    /// No address of the target takes connections.
    #[error(
        "nothing answers at {origin} ({detail}): is the target running? (`swarmdeck target` starts a built-in one)"
    )]
    Unreachable {
        /// The target.
        origin: String,
        /// What each address said.
        detail: String,
    },
    /// The proxy does not lead to the target.
    #[error(
        "{origin} is not reached through the proxy {proxy} ({detail}): is `proxy` right, and does it allow that target?"
    )]
    Proxy {
        /// The target.
        origin: String,
        /// The proxy, without its password.
        proxy: String,
        /// What each address of the proxy said.
        detail: String,
    },
    /// Connections cannot leave from an address.
    #[error(
        "no connection can leave from {address} ({detail}): `source_addresses` are addresses of this machine"
    )]
    SourceAddress {
        /// The address.
        address: String,
        /// What the system said.
        detail: String,
    },
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
    /// Not healthy, or `setup` failed.
    #[error("{0}")]
    Unprepared(String),
    /// A run is active.
    #[error("a run is active: stop it before starting another")]
    Active,
    /// No run is active.
    #[error("no run is active: start one first")]
    NotActive,
    /// Nothing in the scenario is steered by the operator.
    #[error(
        "this run is driven by arrivals, or plans its users itself: set its `rate`, or take its users over in the dashboard or by `/api/v1/run`"
    )]
    NotSteered,
    /// Nothing in the scenario is driven by arrivals.
    #[error("this scenario has no arrivals: there is no rate to set, only users")]
    NoArrivals,
    /// The scenario has nothing of that name.
    #[error("there is no {what} {name:?} here: there are {known}")]
    NoSuch {
        /// What was named.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A class that has no weight.
    #[error("{0} has a fixed count of users, and no weight that could be changed")]
    FixedCount(String),
    /// A weight without which no class has any.
    #[error("no class would have a weight above 0, and nobody be left: pause the run instead")]
    NobodyLeft,
    /// A run time that is over.
    #[error("that run time is over already: give a longer one, or stop the run")]
    RunTimeOver,
    /// A search for the limit steers the load.
    #[error(
        "this run looks for the limit and steers its load itself: stop it, or let it end, before you change anything"
    )]
    Searching,
    /// This author has changed nothing, or taken it back.
    #[error("there is nothing to undo: only your own changes of this run can be undone")]
    NothingToUndo,
    /// No user has been started yet.
    #[error(
        "no user that could be steered has been started yet: wait for the first, or stop the run"
    )]
    NotBegun,
    /// The run is being stopped.
    #[error("the run is being stopped: its load cannot be changed any more")]
    Stopping,
    /// The process may not open the files that shards need.
    #[error(
        "this process may open {limit} files, and needs {needed} before the first user: raise `ulimit -n`"
    )]
    FewDescriptors {
        /// The limit.
        limit: u64,
        /// What is open, and what shards need.
        needed: u64,
    },
    /// The operating system gives no thread.
    #[error("the operating system gives no thread for the shards: {0}")]
    Threads(#[from] std::io::Error),
    /// The controller has ended.
    #[error("the program is shutting down")]
    Gone,
}

/// Who can mend what stands in the way of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// Whoever asked for it: an option, the scenario, or the moment is wrong.
    Asker,
    /// The target, or what lies on the way to it.
    Target,
    /// This program, or the machine it runs on.
    Program,
}

/// The most names that are told of.
const KNOWN: usize = 20;

impl RunError {
    /// There is nothing of that name among these.
    pub(crate) fn no_such<'n>(
        what: &'static str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) -> Self {
        let known: Vec<_> = known.take(KNOWN).collect();
        Self::NoSuch {
            what,
            name: name.to_owned(),
            known: known.join(", "),
        }
    }

    /// Who can mend it.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Resolve { .. }
            | Self::Unreachable { .. }
            | Self::Proxy { .. }
            | Self::Unprepared(_) => Blame::Target,
            Self::Threads(_) | Self::Gone => Blame::Program,
            Self::Load(_)
            | Self::Rail(_)
            | Self::Capacity { .. }
            | Self::CapacityOfPart { .. }
            | Self::FewDescriptors { .. }
            | Self::SourceAddress { .. }
            | Self::Tls(_)
            | Self::Active
            | Self::NotActive
            | Self::NotSteered
            | Self::NotBegun
            | Self::NoArrivals
            | Self::NoSuch { .. }
            | Self::FixedCount(_)
            | Self::NobodyLeft
            | Self::RunTimeOver
            | Self::NothingToUndo
            | Self::Searching
            | Self::Stopping => Blame::Asker,
        }
    }

    /// The field of the start form that the error is about, if it is about one.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Load(LoadError::Users(_) | LoadError::NoUsers)
            | Self::Rail(RailError::Users { .. })
            | Self::Capacity { .. }
            | Self::CapacityOfPart { .. } => Some("users"),
            Self::Load(LoadError::Rate(_)) | Self::NoArrivals => Some("rate"),
            Self::RunTimeOver => Some("run_time"),
            Self::Load(LoadError::SpawnRate(_)) => Some("spawn_rate"),
            Self::Resolve { .. }
            | Self::Unreachable { .. }
            | Self::Rail(RailError::Target { .. } | RailError::Unconfirmed(_)) => Some("host"),
            _ => None,
        }
    }
}
