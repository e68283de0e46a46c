use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::model::Wait;

/// An operator's change of a running run.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Another load. Where a scenario plans its load itself, its plan is
    /// suspended by it.
    Load(Edit),
    /// More users for a while; it replaces a running burst. The recovery of
    /// the target is an event of the run.
    Burst(Burst),
    /// Ends the running burst.
    EndBurst,
    /// Resumes a suspended load profile at its present position.
    BackToPlan(Suspended),
    /// Changes user behaviour.
    Behaviour(Behaviour),
    /// When to stop by itself, counted from the start; `None` for never.
    RunTime(Option<Duration>),
    /// Users finish their current task, then wait; the run's time continues.
    /// No effect on a paused run.
    Pause,
    /// Resumes a paused run; no effect on others.
    Resume,
    /// The author's last change that is not taken back yet is taken back; what
    /// others changed since then stays. 100 changes are remembered. Pauses are
    /// not taken back but resumed.
    Undo,
}

/// The part of the load profile that an operator has suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspended {
    /// Users over time.
    Users,
    /// Task starts over time.
    Rate,
    /// Either.
    All,
}

/// Another load; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edit {
    /// Users to reach.
    pub users: Option<f64>,
    /// Users per second.
    pub spawn_rate: Option<f64>,
    /// Task starts per second of what is driven by arrivals, which share it as
    /// their plans' highest rates are to each other.
    pub rate: Option<f64>,
}

/// More users for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// The factor, above 1.
    pub factor: f64,
    /// The ramp, up and down.
    pub rise: Duration,
    /// The hold time.
    pub hold: Duration,
}

/// A change of user behaviour.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Behaviour {
    /// How many of the users are of a class that has a weight. Under a closed load
    /// users whose class is another now finish their task and are replaced;
    /// under an open one users that come from now on go by it.
    ClassWeight {
        /// The class.
        class: String,
        /// Its weight; 0 for no user.
        weight: u32,
    },
    /// The weight of a task.
    TaskWeight {
        /// The class.
        class: String,
        /// The task.
        task: String,
        /// Its weight; 0 for never.
        weight: u32,
    },
    /// The wait of a class; a current wait ends as planned.
    Wait {
        /// The class.
        class: String,
        /// The new wait.
        #[serde(serialize_with = "serialize_text")]
        wait: Wait,
    },
    /// Whether requests of this name are sent; else they are passed over as if
    /// they did not stand there.
    Request {
        /// `METHOD NAME`, as it is counted.
        #[serde(rename = "request")]
        name: String,
        /// Whether they are enabled.
        is_sent: bool,
    },
}

impl Behaviour {
    /// Whether both change the same thing.
    #[must_use]
    pub fn is_about_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ClassWeight { class, .. }, Self::ClassWeight { class: of, .. })
            | (Self::Wait { class, .. }, Self::Wait { class: of, .. }) => class == of,
            (
                Self::TaskWeight { class, task, .. },
                Self::TaskWeight {
                    class: of,
                    task: other,
                    ..
                },
            ) => class == of && task == other,
            (Self::Request { name, .. }, Self::Request { name: of, .. }) => name == of,
            _ => false,
        }
    }
}

/// A change that a scenario plans.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEntry {
    /// When, counted from the start of the run; whole milliseconds.
    pub at: Duration,
    /// What.
    pub change: Change,
}

/// The largest factor of a burst.
pub const BURST_FACTOR_MAX: f64 = 100.0;
/// The longest that a burst rises, and that it stays.
pub const BURST_TIME_MAX: Duration = Duration::from_secs(3_600);
/// The default hold time of a burst.
pub const BURST_HOLD: Duration = Duration::from_secs(10);
/// The most changes of a run that are planned or kept.
pub const TIMELINE_MAX: usize = 1_000;

/// As people read it.
fn serialize_text<S: Serializer>(wait: &Wait, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(wait)
}
