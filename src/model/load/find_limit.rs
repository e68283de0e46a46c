use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Load, MAX_USERS};

/// The quantity that a limit search varies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoadKind {
    /// Users of a closed load.
    #[default]
    Users,
    /// Task starts per second of an open load.
    Rate,
}

/// The outcome of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelOutcome {
    /// It met the criteria.
    Kept,
    /// It did not.
    Broken,
    /// Too little was measured to say.
    Undecided,
    /// The generator itself was disturbed, again and again.
    NotJudged,
    /// The generator itself was the limit.
    GeneratorLimited,
}

/// The end of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchEnd {
    /// The highest level kept is the limit: it was kept twice.
    Found,
    /// The highest level that may be tried is kept.
    AtMaximum,
    /// Not even one is kept.
    NothingKept,
    /// Too little was measured to say.
    Undecided,
    /// The generator itself was the limit.
    GeneratorLimited,
    /// Levels that passed failed when tested again, more than once.
    Unstable,
    /// The run ended before the search did.
    Stopped,
}

/// The parameters of a limit search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FindLimit {
    /// The kind of load.
    pub of: LoadKind,
    /// The first level, in users or task starts per second, 1 to [`max`](Self::max).
    pub start: u32,
    /// The highest level that may be tried, up to [`MAX_USERS`].
    pub max: u32,
    /// Seconds that a level is measured, 2 to 600.
    pub level_s: u32,
}

/// The options of a limit search; `None` for the default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FindLimitOptions {
    /// The kind of load.
    pub of: LoadKind,
    /// The first level.
    pub start: Option<f64>,
    /// The highest level that may be tried.
    pub max: Option<f64>,
    /// The time that each level is measured.
    pub level: Option<Duration>,
}

/// Why there is no such search. The messages name the value and the cure.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FindLimitError {
    /// The first level is out of range.
    #[error("the first level must be a whole number from 1 to {max} (the maximum), not {start}")]
    Start {
        /// The value given.
        start: String,
        /// The highest level.
        max: u32,
    },
    /// The highest level is out of range.
    #[error("the highest level must be a whole number from 1 to {MAX_USERS}, not {0}")]
    Max(String),
    /// A level would be measured too briefly, or for ever.
    #[error("the level time must be 2 to 600 whole seconds, not {0}")]
    Level(f64),
    /// Nothing of the kind is steered.
    #[error(
        "cannot search over users: the scenario defines its own load (stages, a shape, arrivals, or users of a class or file); set `load: {{users: N}}`"
    )]
    NoUsers,
    /// Nothing is driven by arrivals.
    #[error("cannot search over a rate: the scenario has no arrivals; set `load: {{rate: N/s}}`")]
    NoRate,
}

impl FindLimit {
    /// The default highest level.
    pub const MAX: u32 = 10_000;
    /// The default time of a level, in seconds.
    pub const LEVEL_S: u32 = 10;
    /// A level is reached within this time, in seconds, whatever the spawn rate.
    pub const REACH_S: f64 = 5.0;

    /// Completes options for a steered load or a rate of task starts. By
    /// default the search starts at a tenth of that load.
    ///
    /// # Errors
    /// The first value out of range, with the range.
    pub fn new(
        options: &FindLimitOptions,
        load: Option<Load>,
        rate: Option<f64>,
    ) -> Result<Self, FindLimitError> {
        let asked = match options.of {
            LoadKind::Users => load.ok_or(FindLimitError::NoUsers)?.users,
            LoadKind::Rate => {
                let rate = rate.ok_or(FindLimitError::NoRate)?.round();
                whole(rate.max(1.0), MAX_USERS).unwrap_or(MAX_USERS)
            }
        };
        let max = match options.max {
            None => Self::MAX.max(asked),
            Some(max) => {
                whole(max, MAX_USERS).ok_or_else(|| FindLimitError::Max(max.to_string()))?
            }
        };
        let start = match options.start {
            None => (asked / 10).clamp(1, max),
            Some(start) => whole(start, max).ok_or_else(|| FindLimitError::Start {
                start: start.to_string(),
                max,
            })?,
        };
        let level_s = match options.level {
            None => Self::LEVEL_S,
            Some(level) => whole(level.as_secs_f64(), 600)
                .filter(|level_s| *level_s >= 2)
                .ok_or(FindLimitError::Level(level.as_secs_f64()))?,
        };
        Ok(Self {
            of: options.of,
            start,
            max,
            level_s,
        })
    }

    /// Seconds that a level settles before it is measured.
    #[must_use]
    pub fn settle_s(&self) -> u32 {
        (self.level_s * 3 / 10).clamp(1, 15)
    }

    /// The load of a level, reached from another one: at the spawn rate that
    /// was asked for, or faster, so that it does not take too long.
    #[must_use]
    pub fn load(from: u32, to: u32, spawn_rate: f64) -> Load {
        let needed = f64::from(from.abs_diff(to)) / Self::REACH_S;
        Load {
            users: to,
            spawn_rate: spawn_rate.max(needed),
        }
    }
}

/// A whole number from 1 to `max`.
fn whole(value: f64, max: u32) -> Option<u32> {
    let is_whole = (1.0..=f64::from(max)).contains(&value) && value.fract() == 0.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "range checked"
    )]
    is_whole.then_some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(options: FindLimitOptions) -> Result<FindLimit, FindLimitError> {
        let load = Load {
            users: 100,
            spawn_rate: 1.0,
        };
        FindLimit::new(&options, Some(load), Some(350.0))
    }

    #[test]
    fn what_is_not_said_is_chosen() {
        let limit = found(FindLimitOptions::default()).expect("a search");
        assert_eq!((limit.start, limit.max, limit.level_s), (10, 10_000, 10));
        assert_eq!(limit.settle_s(), 3);
        assert_eq!(FindLimit::load(10, 20, 1.0).spawn_rate, 2.0);
        assert_eq!(FindLimit::load(20, 10, 50.0).spawn_rate, 50.0);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let start = |start| FindLimitOptions {
            start: Some(start),
            max: Some(50.0),
            ..FindLimitOptions::default()
        };
        assert_eq!(found(start(50.0)).map(|limit| limit.start), Ok(50));
        for wrong in [0.0, 51.0, 1.5, f64::NAN] {
            let refused = found(start(wrong));
            assert!(matches!(refused, Err(FindLimitError::Start { .. })));
        }
        let rate = FindLimitOptions {
            of: LoadKind::Rate,
            ..FindLimitOptions::default()
        };
        assert_eq!(found(rate).map(|limit| limit.start), Ok(35));
        let none = FindLimit::new(&rate, None, None);
        assert_eq!(none, Err(FindLimitError::NoRate));
        let none = FindLimit::new(&FindLimitOptions::default(), None, Some(5.0));
        assert_eq!(none, Err(FindLimitError::NoUsers));
        let brief = FindLimitOptions {
            level: Some(Duration::from_millis(1_500)),
            ..FindLimitOptions::default()
        };
        assert_eq!(found(brief), Err(FindLimitError::Level(1.5)));
    }
}
