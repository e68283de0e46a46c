//! What the tables of runs share.

use super::super::case::{Case, Disturbance, Truth};
use super::super::scenario::{Load, Scenario};

/// Chance that is the same each time.
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A figure up to 8 % beside this one, with three digits.
    pub(super) fn near(&mut self, figure: f64) -> f64 {
        let near = figure * (0.92 + 0.16 * self.0.f64());
        let digits = 10_f64.powf(2.0 - near.abs().max(1e-9).log10().floor());
        (near * digits).round() / digits
    }

    /// A figure between two.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        (low + (high - low) * self.0.f64()).round()
    }

    /// A load near this one.
    pub(super) fn load(&mut self, load: Load) -> Load {
        match load {
            Load::Closed { users, spawn_rate } => {
                let near = self.near(users).round().max(1.0);
                Load::Closed {
                    users: near,
                    spawn_rate: spawn_rate * near / users,
                }
            }
            Load::Open {
                rate,
                poisson,
                max_users,
                queue,
            } => Load::Open {
                rate: self.near(rate),
                poisson,
                max_users,
                queue,
            },
            // A plan keeps its shape.
            other => other,
        }
    }
}

/// Which rows of a table are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowSubset {
    /// All.
    All,
    /// Every second one.
    Half,
    /// Every third one, beside all of them at another scale.
    Third,
}

impl RowSubset {
    /// Whether the row of this number is taken.
    pub(super) fn has(self, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::Half => number.is_multiple_of(2),
            Self::Third => number.is_multiple_of(3),
        }
    }

    /// What tells its runs from others of the same row.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::All | Self::Half => "1",
            Self::Third => "2",
        }
    }
}

/// So many users, all of them within half a second.
pub(super) fn closed(users: f64) -> Load {
    let users = users.round().max(1.0);
    Load::Closed {
        users,
        spawn_rate: (users * 2.0).max(1.0),
    }
}

/// So many starts a second, evenly.
pub(super) fn open(rate: f64) -> Load {
    Load::Open {
        rate,
        poisson: false,
        max_users: None,
        queue: None,
    }
}

/// As [`open`], at random moments.
pub(super) fn poisson(rate: f64) -> Load {
    Load::Open {
        rate,
        poisson: true,
        max_users: None,
        queue: None,
    }
}

/// As [`open`], with no more users than these.
pub(super) fn open_with(rate: f64, max_users: u32, queue: Option<u32>) -> Load {
    Load::Open {
        rate,
        poisson: false,
        max_users: Some(max_users),
        queue,
    }
}

/// Up to a rate in half of the time, then that.
pub(super) fn rising(rate: f64, run_s: f64) -> Load {
    let stages = vec![(run_s / 2.0, rate), (run_s / 2.0, rate)];
    Load::Rates {
        stages,
        max_users: None,
    }
}

/// The usual service time of the lab.
pub(super) const LATENCY: &str = "2ms..6ms";

/// A run on an undisturbed lab.
pub(super) fn case(family: &'static str, id: &str, scenario: Scenario, truth: Truth) -> Case {
    Case {
        id: format!("{family}/{id}"),
        family,
        scenario,
        latency: LATENCY.to_owned(),
        faults: Vec::new(),
        shards: 1,
        disturbance: Disturbance::None,
        truth,
    }
}

/// A duration as the lab reads it.
pub(super) fn ms(ms: f64) -> String {
    format!("{ms:.3}ms")
}
