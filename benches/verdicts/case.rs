//! A run of the set, and what is known of it before it begins.

use std::time::Duration;

use super::causes::Cause;
use super::scenario::Scenario;

/// A run of the set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Case {
    /// Unique within its set, and the same in every sitting.
    pub(crate) id: String,
    /// What kinds of misses are counted together.
    pub(crate) family: &'static str,
    /// What is run.
    pub(crate) scenario: Scenario,
    /// The lab's service time.
    pub(crate) latency: String,
    /// What the lab does wrong.
    pub(crate) faults: Vec<String>,
    /// Threads of the generator. One has a core of its own; several have all.
    pub(crate) shards: u16,
    /// What befalls the generator, or the lab.
    pub(crate) disturbance: Disturbance,
    /// What follows from all of this.
    pub(crate) truth: Truth,
}

/// What befalls a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disturbance {
    /// Nothing.
    None,
    /// The generator is stopped in the middle of its run for so long.
    Stop(Duration),
    /// Another program computes on the generator's core.
    Hog,
    /// The lab ends in the middle of the run.
    LabEnds,
    /// The lab has ended before.
    NoLab,
}

/// What follows from a configuration alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Truth {
    /// How long requests take.
    pub(crate) times: ExpectedTimes,
    /// What may be named as the cause of what went wrong.
    pub(crate) cause: Cause,
    /// How sure it is that there is something to be named.
    pub(crate) effect: Effect,
    /// Why no measurement comes about.
    pub(crate) obstacle: Obstacle,
    /// Whether the load rises during the run, so that what only its peak meets is
    /// the target's answer to load.
    pub(crate) rises: bool,
    /// How long a run that ends by itself takes, in seconds, about.
    pub(crate) lasts_s: Option<f64>,
}

impl Truth {
    /// Nothing is wrong: all requests take less than so long.
    pub(crate) fn sound(below_ms: f64) -> Self {
        Self {
            times: ExpectedTimes::Below(below_ms),
            cause: Cause::None,
            effect: Effect::None,
            obstacle: Obstacle::None,
            rises: false,
            lasts_s: None,
        }
    }

    /// With this cause, which has this effect.
    pub(crate) fn with(self, cause: Cause, effect: Effect) -> Self {
        Self {
            cause,
            effect,
            ..self
        }
    }
}

/// How long requests take, as far as it follows from the faults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ExpectedTimes {
    /// All take less than so many milliseconds.
    Below(f64),
    /// At least this share takes at least so many milliseconds.
    AtLeast(f64, f64),
    /// At most this share takes more than so many milliseconds.
    AtMost(f64, f64),
    /// Nothing follows.
    Unknown,
}

/// How a fault shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It does not: to name it would be wrong.
    None,
    /// It may or may not: either is right.
    Perhaps,
    /// It follows from the configuration that it does.
    Certain,
    /// If the lab's counters say so: at least 5 % of its answers have this status.
    Status(u16),
    /// If the lab's counters say so: fewer requests came than were planned.
    Undelivered,
}

/// Why a run measures nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// It does measure.
    None,
    /// No user can start.
    NoUserStarts,
    /// Nobody is there to answer.
    NoTarget,
    /// The target goes while it runs.
    TargetGoes,
    /// Nothing is asked.
    NothingAsked,
}
