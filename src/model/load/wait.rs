use std::fmt;

use serde::Serialize;

/// What a user does between two tasks. Durations in seconds, finite and not
/// negative; rates in task starts per second and user, above zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// Think for this long after each task.
    Constant {
        /// The think time.
        seconds: f64,
    },
    /// Think for a uniformly random time after each task.
    Between {
        /// The shortest think time.
        min_seconds: f64,
        /// The longest think time.
        max_seconds: f64,
    },
    /// Start tasks at a fixed period, measured from planned start to planned start.
    Pacing {
        /// The period.
        seconds: f64,
    },
    /// Start this many tasks per second (pacing by its inverse).
    Throughput {
        /// Task starts per second.
        per_second: f64,
    },
    /// Think for an exponentially distributed time with this rate after each task.
    Poisson {
        /// The inverse of the mean think time.
        per_second: f64,
    },
}

impl Wait {
    /// No wait at all: the next task starts when the last one ends.
    pub const NONE: Self = Self::Constant { seconds: 0.0 };

    /// How long somebody thinks, in seconds; `None` for a wait that plans its
    /// starts. `uniform` is a random number in `[0, 1)`.
    #[must_use]
    pub fn think_seconds(self, uniform: f64) -> Option<f64> {
        match self {
            Self::Constant { seconds } => Some(seconds),
            Self::Between {
                min_seconds,
                max_seconds,
            } => Some(min_seconds + (max_seconds - min_seconds) * uniform),
            Self::Poisson { per_second } => Some(-(1.0 - uniform).ln() / per_second),
            Self::Pacing { .. } | Self::Throughput { .. } => None,
        }
    }

    /// The period of a wait that plans its starts; `None` for think times.
    #[must_use]
    pub fn period_seconds(self) -> Option<f64> {
        match self {
            Self::Pacing { seconds } => Some(seconds),
            Self::Throughput { per_second } => Some(per_second.recip()),
            Self::Constant { .. } | Self::Between { .. } | Self::Poisson { .. } => None,
        }
    }
}

/// In words.
impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Constant { seconds } if seconds > 0.0 => {
                write!(f, "thinks {seconds} s after each task")
            }
            Self::Constant { .. } => f.write_str("no wait between tasks"),
            Self::Between {
                min_seconds,
                max_seconds,
            } => write!(f, "thinks {min_seconds} to {max_seconds} s after each task"),
            Self::Pacing { seconds } => write!(f, "a task every {seconds} s"),
            Self::Throughput { per_second } => write!(f, "{per_second} tasks/s per user"),
            Self::Poisson { per_second } => {
                let mean_s = (per_second.recip() * 1_000.0).round() / 1_000.0;
                write!(f, "thinks {mean_s} s on average (Poisson)")
            }
        }
    }
}
