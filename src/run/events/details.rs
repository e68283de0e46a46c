//! What there is to know of the kinds of events that have several forms.

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
        /// How many times as many.
        factor: f64,
        /// At its height.
        users: u32,
        /// How long it stays there.
        hold: Duration,
        /// Whether what the scenario plans is set aside for it.
        suspends_plan: bool,
    },
    /// Users begin nothing any more.
    Paused,
    /// Users go on.
    Resumed {
        /// How long the pause was, in seconds.
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

/// How a target got over a burst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BurstRecovery {
    /// It is as before again.
    After {
        /// How long after the end of the burst.
        s: f64,
        /// How long that takes at best, where the target had anything to spare.
        ideal_s: Option<f64>,
    },
    /// It was not as before while that was waited for.
    Not {
        /// How long after the end of the burst.
        waited_s: u64,
    },
}

/// How many users an operator asked for.
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
        /// How many there are to be.
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
    /// What the scenario plans holds again.
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
    /// A request is left out, or sent again.
    Request {
        /// Its method and name.
        name: String,
        /// Whether it is sent.
        is_sent: bool,
    },
}

/// Which addresses of a target are used.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetEvent {
    /// What was found before the run.
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
        /// What it said.
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
    /// What is spoken, where the handshake has shown it.
    pub spoken: Option<(Protocol, TlsVersion)>,
    /// Addresses that are left out, with what they said.
    pub left_out: Vec<(SocketAddr, String)>,
}

/// What is done beside the load: before the first user, and after the last.
#[derive(Clone, Debug, PartialEq)]
pub enum SetupEvent {
    /// The health gate is not passed yet.
    Waiting {
        /// What went wrong at the last try.
        failure: String,
    },
    /// The health gate is passed.
    Healthy {
        /// How long the answer took.
        took_ms: u64,
        /// Whether that is slower than the gate wants.
        is_slow: bool,
    },
    /// `setup` is done.
    Done {
        /// How long it took.
        took_ms: u64,
    },
    /// The login check found something, as the verdict tells it.
    LoginNoticed(String),
    /// An `on_start` that was tried before the first user failed.
    OnStartFailed {
        /// The user class.
        class: String,
        /// What went wrong.
        failure: String,
    },
    /// `teardown` is done.
    TornDown,
    /// `teardown` failed.
    TeardownFailed {
        /// What went wrong.
        failure: String,
    },
}

/// What a level of a search for the limit came to.
#[derive(Clone, Debug, PartialEq)]
pub enum LevelEvent {
    /// It has been measured.
    Measured {
        /// What was measured.
        level: LevelLine,
        /// What is raised.
        of: LoadKind,
        /// Whether the load had been measured before.
        is_retest: bool,
    },
    /// It is measured again.
    Repeated {
        /// Its load.
        load: f64,
        /// What is raised.
        of: LoadKind,
        /// Why.
        why: String,
    },
}
