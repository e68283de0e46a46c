use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Criteria, Drive, FindLimit, Probe, Samples, TimelineEntry, Workload};

/// The most users one process takes on.
pub const MAX_USERS: u32 = 1_000_000;
/// The highest spawn rate, in users per second.
pub const MAX_SPAWN_RATE: f64 = 1_000_000.0;

/// The lowest rate that scenario files can say, per second.
pub const MIN_RATE: f64 = 1e-6;

/// A closed load: how many users, how fast they come and go.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// Users to reach, 0 to [`MAX_USERS`].
    pub users: u32,
    /// Users started (or ended) per second, above 0 up to [`MAX_SPAWN_RATE`].
    pub spawn_rate: f64,
}

/// Why a load cannot be taken on. The messages name the value and the cure.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// Users out of range.
    #[error("users must be a whole number from 0 to {MAX_USERS}, not {0}")]
    Users(String),
    /// A run that starts without users measures nothing.
    #[error("start with at least 1 user; 0 users are possible only during a run")]
    NoUsers,
    /// Rate of task starts out of range.
    #[error("the rate must be from 0 to {MAX_SPAWN_RATE} task starts/s, not {0}")]
    Rate(String),
    /// Spawn rate out of range.
    #[error("spawn rate must be above 0 and at most {MAX_SPAWN_RATE} users/s, not {0}")]
    SpawnRate(String),
}

impl Load {
    /// The default.
    pub const DEFAULT: Self = Self {
        users: 1,
        spawn_rate: 1.0,
    };

    /// No users.
    pub const NOBODY: Self = Self {
        users: 0,
        spawn_rate: 0.0,
    };

    /// Checks numbers as an operator typed them.
    ///
    /// # Errors
    /// The first value out of range, with the range.
    pub fn new(users: f64, spawn_rate: f64) -> Result<Self, LoadError> {
        if !(0.0..=f64::from(MAX_USERS)).contains(&users) || users.fract() != 0.0 {
            return Err(LoadError::Users(users.to_string()));
        }
        if !(spawn_rate > 0.0 && spawn_rate <= MAX_SPAWN_RATE) {
            return Err(LoadError::SpawnRate(spawn_rate.to_string()));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "range checked above"
        )]
        Ok(Self {
            users: users as u32,
            spawn_rate,
        })
    }
}

impl Load {
    /// Checks a rate of task starts per second as an operator typed it.
    ///
    /// # Errors
    /// It is out of range.
    pub fn rate(per_second: f64) -> Result<f64, LoadError> {
        let is_none = per_second == 0.0;
        if is_none || (MIN_RATE..=MAX_SPAWN_RATE).contains(&per_second) {
            // Not minus nothing.
            Ok(per_second.abs())
        } else {
            Err(LoadError::Rate(per_second.to_string()))
        }
    }
}

/// The specification of a run, beside its program.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// The name of the scenario, for people.
    pub scenario: String,
    /// The target's base address, for people.
    pub host: String,
    /// A label that groups runs, for people; may be empty.
    pub profile: String,
    /// What drives the users, in the order in which the program's classes
    /// name them; at least one.
    pub workloads: Vec<Workload>,
    /// The most task starts of the whole run.
    pub iterations: Option<u64>,
    /// The most requests per second of the whole run.
    pub max_rps: Option<f64>,
    /// When to stop by itself, counted from the start; `None` runs until stopped.
    pub run_time: Option<Duration>,
    /// How long running tasks may continue after a stop before they are cut off.
    pub stop_timeout: Duration,
    /// Notes for the operator, as sentences.
    pub remarks: Vec<String>,
    /// For what the times of the last seconds are kept.
    pub recent: Recent,
    /// Whether samples of its failures are kept.
    pub samples: Samples,
    /// The probes.
    pub probes: Vec<Probe>,
    /// The criteria.
    pub criteria: Criteria,
    /// The timeline, in order of time.
    pub timeline: Vec<TimelineEntry>,
    /// How it is to find the highest load that meets it; `None` for a run
    /// whose load is given.
    pub find_limit: Option<FindLimit>,
}

/// For what the times of the last seconds are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recent {
    /// For all names together.
    #[default]
    All,
    /// For each name as well, which takes 50 to 200 KB a name.
    ByName,
}

impl RunSpec {
    /// The load that the operator steers; `None` where the scenario plans
    /// everything itself.
    #[must_use]
    pub fn steered(&self) -> Option<Load> {
        Workload::steered_load(&self.workloads)
    }

    /// The most users that open loads give task starts to; `None` without one.
    #[must_use]
    pub fn max_users(&self) -> Option<u32> {
        let workloads = self.workloads.iter();
        let open = workloads.filter_map(|workload| match &workload.drive {
            Drive::Arrivals(arrivals) => Some(arrivals.max_users),
            _ => None,
        });
        open.reduce(u32::saturating_add)
    }
}
