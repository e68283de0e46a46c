pub(crate) mod actual_value;
pub(crate) mod criterion;
pub(crate) mod json_fault;
pub(crate) mod metric_selector;
pub(crate) mod name_intent;
pub(crate) mod probe;
pub(crate) mod samples;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::model::{Criteria, Load, Probe, TimelineEntry, Wait, Workload};

/// A scenario as written and validated: what people are shown of it.
/// What a shard runs is the program compiled from the same file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// Its name; the file's stem where the file gives none.
    pub name: String,
    /// A sentence or two for people; may be empty.
    pub description: String,
    /// The base address of the target, if the file gives one.
    pub host: Option<String>,
    /// The workloads; at least one. Each class refers to one.
    #[serde(skip)]
    pub workloads: Vec<Workload>,
    /// The most task starts of the whole run.
    pub iterations: Option<u64>,
    /// The most requests per second of the whole run.
    pub max_rps: Option<f64>,
    /// When to stop by itself.
    #[serde(skip)]
    pub run_time: Option<Duration>,
    /// How long tasks may continue after a stop; `None` for the default.
    #[serde(skip)]
    pub stop_timeout: Option<Duration>,
    /// The probes.
    #[serde(skip)]
    pub probes: Vec<Probe>,
    /// The criteria.
    #[serde(skip)]
    pub criteria: Criteria,
    /// The timeline, in order of time.
    #[serde(skip)]
    pub timeline: Vec<TimelineEntry>,
    /// The kinds of users, in the order of the file; at least one.
    pub user_classes: Vec<UserClass>,
}

impl Scenario {
    /// The load that the operator steers; `None` where the file plans all of it.
    #[must_use]
    pub fn steered(&self) -> Option<Load> {
        Workload::steered_load(&self.workloads)
    }

    /// The workloads with another load for what the operator steers.
    #[must_use]
    pub fn workloads_with(&self, load: Option<Load>) -> Vec<Workload> {
        let mut workloads = self.workloads.clone();
        if let Some(load) = load {
            Workload::steer(&mut workloads, load);
        }
        workloads
    }
}

/// A kind of user.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UserClass {
    /// Its name.
    pub name: String,
    /// The workload that drives its users.
    #[serde(skip)]
    pub workload: usize,
    /// The share or number of users of this class.
    pub population: Population,
    /// The wait between tasks.
    pub wait: Wait,
    /// The tasks; at least one.
    pub tasks: Vec<Task>,
    /// In which order they do it.
    pub order: TaskOrder,
    /// The tasks each user runs before it ends.
    pub iterations: Option<u32>,
}

/// The order in which users do their tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskOrder {
    /// By weight.
    Random,
    /// One after the other.
    Sequential,
    /// By weights that depend on the task before.
    Transitions,
}

/// The share or number of users of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// A share of the users that are not of a class with a fixed count.
    Weight(u32),
    /// Exactly this many, started first.
    Fixed(u32),
}

impl Population {
    /// Its weight or count.
    #[must_use]
    pub fn count(self) -> u32 {
        match self {
            Self::Weight(count) | Self::Fixed(count) => count,
        }
    }
}

/// In words.
impl fmt::Display for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weight(weight) => write!(f, "weight {weight}"),
            Self::Fixed(count) => write!(f, "always {count}"),
        }
    }
}

/// A weighted thing a user picks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Its weight among the tasks of its class.
    pub weight: u32,
    /// Its tags.
    pub tags: Vec<String>,
}
