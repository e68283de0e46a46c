//! The data of event kinds that have several forms.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::{Failure, LoadKind, Origin, Protocol, Suspended, TlsVersion, Wait};
use crate::run::events::event::EventKind;
use crate::verdict::LevelLine;

/// A change of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeEvent {
    /// The load, the run time or what users do was changed.
    Edited(Vec<EditLine>),
    /// Changes were taken back by these.
    Undone(Vec<ChangeEvent>),
    /// A change that the scenario plans was not made.
    NotPlayed {
        /// When it was planned.
        at: Duration,
        /// The error.
        error: String,
    },
    /// More users come for a while.
    Burst {
        /// The factor.
        factor: f64,
        /// At its height.
        users: u32,
        /// The hold time.
        hold: Duration,
        /// Whether it suspends the scenario's load profile.
        suspends_plan: bool,
    },
    /// Users begin nothing any more.
    Paused,
    /// Resumed.
    Resumed {
        /// The pause in seconds.
        after_s: f64,
    },
}

impl ChangeEvent {
    pub(super) fn kind(&self) -> EventKind {
        match self {
            Self::Edited(_) | Self::Undone(_) | Self::NotPlayed { .. } => EventKind::Edited,
            Self::Burst { .. } => EventKind::Burst,
            Self::Paused => EventKind::Paused,
            Self::Resumed { .. } => EventKind::Resumed,
        }
    }
}

/// The target's recovery from a burst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BurstRecovery {
    /// It is as before again.
    After {
        /// Seconds since the end of the burst.
        s: f64,
        /// The best possible time, if the target had spare capacity.
        ideal_s: Option<f64>,
    },
    /// It was not as before while that was waited for.
    Not {
        /// Seconds since the end of the burst.
        waited_s: u64,
    },
}

/// The users that were set, as against planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedUsers {
    /// None: the scenario plans them.
    None,
    /// All of this many.
    All(u32),
    /// This many beside those that the scenario plans.
    Some(u32),
}

/// A change of the load, of the run time or of what users do.
#[derive(Clone, Debug, PartialEq)]
pub enum EditLine {
    /// Planned users are steered from now on.
    UsersTakenOver {
        /// The new number.
        to: u32,
    },
    /// Planned task starts are steered from now on.
    RateTakenOver {
        /// Per second.
        to: f64,
    },
    /// Another number of users.
    Users {
        /// Before.
        from: u32,
        /// Now.
        to: u32,
    },
    /// Another spawn rate, in users per second.
    SpawnRate {
        /// Before.
        from: f64,
        /// Now.
        to: f64,
    },
    /// Another rate of task starts, per second.
    Rate {
        /// Before.
        from: f64,
        /// Now.
        to: f64,
    },
    /// A burst ends.
    BurstEnds,
    /// The scenario's load profile is in force again.
    BackToPlan(Suspended),
    /// Another run time; `None` is until it is stopped.
    RunTime {
        /// Before.
        from: Option<Duration>,
        /// Now.
        to: Option<Duration>,
    },
    /// Another weight.
    Weight {
        /// `CLASS` or `CLASS.TASK`.
        of: String,
        /// Before.
        from: u32,
        /// Now.
        to: u32,
    },
    /// Another wait between tasks.
    Wait {
        /// The user class.
        class: String,
        /// Before.
        from: Wait,
        /// Now.
        to: Wait,
    },
    /// A request is switched off, or on again.
    Request {
        /// Its method and name.
        name: String,
        /// Whether it is enabled.
        is_sent: bool,
    },
}

/// Which addresses of a target are used.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetEvent {
    /// The addresses found before the run.
    Reached(ReachedTarget),
    /// A name could not be looked up again.
    LookupFailed {
        /// The origin or the proxy that it leads to.
        target: String,
        /// Why.
        error: String,
    },
    /// A name leads also to addresses that load may not be sent to.
    NotAllowed {
        /// The origin or the proxy that it leads to.
        target: String,
        /// The addresses.
        addresses: Vec<SocketAddr>,
    },
    /// A name leads to other addresses.
    Moved {
        /// The origin or the proxy that it leads to.
        target: String,
        /// Before.
        from: Vec<SocketAddr>,
        /// Now.
        to: Vec<SocketAddr>,
    },
    /// An address takes no connections.
    LeftOut {
        /// The destination.
        origin: Origin,
        /// Its address.
        address: SocketAddr,
        /// Its error.
        failure: Failure,
    },
    /// The last event that is reported of a name.
    Last(Box<TargetEvent>),
}

/// An origin whose addresses were tried before the run.
#[derive(Clone, Debug, PartialEq)]
pub struct ReachedTarget {
    /// The origin.
    pub origin: Origin,
    /// The proxy that it is reached through.
    pub proxy: Option<String>,
    /// Addresses that are used, of the origin or of the proxy.
    pub addresses: Vec<SocketAddr>,
    /// HTTP and TLS versions, if the handshake has shown them.
    pub negotiated: Option<(Protocol, TlsVersion)>,
    /// Addresses that are excluded, with their errors.
    pub left_out: Vec<(SocketAddr, String)>,
}

/// Work outside the load: before the first user and after the last.
#[derive(Clone, Debug, PartialEq)]
pub enum SetupEvent {
    /// The health gate is not passed yet.
    Waiting {
        /// The failure of the last try.
        failure: String,
    },
    /// The health gate is passed.
    Healthy {
        /// The time to the response.
        took_ms: u64,
        /// Whether that is slower than the gate's `slow`.
        is_slow: bool,
    },
    /// `setup` is done.
    Done {
        /// Its duration.
        took_ms: u64,
    },
    /// The login check found something, as the verdict words it.
    LoginNoticed(String),
    /// An `on_start` that was tried before the first user failed.
    OnStartFailed {
        /// The user class.
        class: String,
        /// The failure.
        failure: String,
    },
    /// `teardown` is done.
    TornDown,
    /// `teardown` failed.
    TeardownFailed {
        /// The failure.
        failure: String,
    },
}

/// A level of a limit search.
#[derive(Clone, Debug, PartialEq)]
pub enum LevelEvent {
    /// It has been measured.
    Measured {
        /// Its figures.
        level: LevelLine,
        /// The kind of load.
        of: LoadKind,
        /// Whether this load was measured before.
        is_retest: bool,
    },
    /// It is measured again.
    Repeated {
        /// Its load.
        load: f64,
        /// The kind of load.
        of: LoadKind,
        /// Why.
        why: String,
    },
}
