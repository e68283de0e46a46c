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
        "all classes have a fixed `count` ({capacity} in total): cannot start {users} users",
        capacity = plural(*capacity, "user", "users")
    )]
    Capacity {
        /// The requested number.
        users: u32,
        /// The allowed number.
        capacity: u32,
    },
    /// Likewise, of a part of what the operator steers.
    #[error(
        "{classes}: fixed counts only ({capacity} in total): cannot start {part} users ({share}/{all} of {users})",
        capacity = plural(*capacity, "user", "users")
    )]
    CapacityOfPart {
        /// The names of the classes.
        classes: String,
        /// The number of their users that there can be.
        capacity: u32,
        /// Their share of the users.
        share: u32,
        /// The sum of all shares.
        all: u64,
        /// The text of it.
        part: u32,
        /// The requested number, of all parts.
        users: u32,
    },
    /// The host name has no address.
    #[error("cannot resolve {host} ({detail}): check the spelling and this machine's DNS")]
    Resolve {
        /// The name.
        host: String,
        /// The error of the resolver.
        detail: String,
    },
    /// No address of the target takes connections.
    #[error(
        "cannot connect to {origin}: {detail}. Is the target running? (`swarmdeck target` starts the built-in one)"
    )]
    Unreachable {
        /// The target.
        origin: String,
        /// The error of each address.
        detail: String,
    },
    /// The proxy does not lead to the target.
    #[error(
        "cannot reach {origin} through proxy {proxy} ({detail}): check `proxy` and what it allows"
    )]
    Proxy {
        /// The target.
        origin: String,
        /// The proxy, without its password.
        proxy: String,
        /// The error of each address of the proxy.
        detail: String,
    },
    /// Connections cannot leave from an address.
    #[error(
        "cannot bind to source address {address} ({detail}): `source_addresses` must be addresses of this machine"
    )]
    SourceAddress {
        /// The address.
        address: String,
        /// The error of the system.
        detail: String,
    },
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
    /// Not healthy, or `setup` failed.
    #[error("{0}")]
    Unprepared(String),
    /// A run is active.
    #[error("a run is active; stop it before starting another")]
    Active,
    /// No run is active.
    #[error("no run is active; start one first")]
    NotActive,
    /// Nothing in the scenario is steered by the operator.
    #[error(
        "the scenario controls the users of this run: change its `rate`, or take over the users in the dashboard or with `/api/v1/run`"
    )]
    NotSteered,
    /// Nothing in the scenario is driven by arrivals.
    #[error("this scenario has no arrival rate; change the users instead")]
    NoArrivals,
    /// The scenario has nothing of that name.
    #[error("unknown {what} {name:?}; available: {known}")]
    NoSuch {
        /// The name.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A class that has no weight.
    #[error("{0} has a fixed `count`, so it has no weight to change")]
    FixedCount(String),
    /// A weight without which no class has any.
    #[error("at least one class needs a weight above 0; to stop the load, pause the run")]
    NoUserLeft,
    /// A run time that is over.
    #[error("this run time has already passed; set a longer one, or stop the run")]
    RunTimeOver,
    /// A search for the limit steers the load.
    #[error("the limit search controls the load; stop it before changing anything")]
    Searching,
    /// This author has changed nothing, or taken it back.
    #[error("nothing to undo: you can undo only your own changes of this run")]
    NothingToUndo,
    /// No user has been started yet.
    #[error("wait until the first user is running")]
    NotBegun,
    /// The run is being stopped.
    #[error("the run is stopping; its load can no longer be changed")]
    Stopping,
    /// The process may not open the files that shards need.
    #[error(
        "too few file descriptors: the limit is {limit}, and {needed} are needed before the first user; raise `ulimit -n`"
    )]
    FewDescriptors {
        /// The limit.
        limit: u64,
        /// The descriptors that are open, and those that shards need.
        needed: u64,
    },
    /// The operating system gives no thread.
    #[error("cannot start the generator threads: {0}")]
    Threads(#[from] std::io::Error),
    /// The controller has ended.
    #[error("Swarmdeck is shutting down")]
    Gone,
}

/// The party that can fix what stands in the way of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The caller: an option, the scenario, or the moment is wrong.
    Asker,
    /// The target, or what lies on the way to it.
    Target,
    /// This program, or the machine it runs on.
    Program,
}

/// The most names that are listed.
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

    /// The party that can fix it.
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
            | Self::NoUserLeft
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
