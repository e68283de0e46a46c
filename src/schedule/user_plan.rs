//! The number of users of a closed load over time.

use std::sync::Arc;

use crate::model::{Curve, Drive, Load, Workload, micros};
use crate::schedule::curve::{pieces_from, value_at};
use crate::schedule::ramp::Ramp;

/// A plan for the number of users: which exist follows from the count alone
/// (see [`Ramp`]), so shards need no agreement on it.
#[derive(Clone, Debug, PartialEq)]
pub enum UserPlan {
    /// A straight line to a number that an operator asked for.
    Ramp(Ramp),
    /// A curve of the scenario's. The user numbered `k` exists while the
    /// value is at least `k + 0.5`: the count is the value, rounded.
    Curve {
        /// Users over time.
        users: Arc<Curve>,
        /// When its time begins.
        start_us: u64,
    },
}

impl UserPlan {
    /// Nobody, for ever.
    pub const EMPTY: Self = Self::Ramp(Ramp::EMPTY);

    /// The plan of a closed workload; `None` for an open one.
    pub(crate) fn of(workload: &Workload) -> Option<Self> {
        let start_us = micros(workload.start);
        match (&workload.drive, workload.load()) {
            (_, Some(Load { users, spawn_rate })) => {
                Some(Self::Ramp(Ramp::new(start_us, 0, users, spawn_rate)))
            }
            (Drive::Users(users), None) => Some(Self::Curve {
                users: Arc::clone(users),
                start_us,
            }),
            _ => None,
        }
    }

    /// The users that are meant to exist at `at_us`.
    pub(crate) fn users_at(&self, at_us: u64) -> u32 {
        match self {
            Self::Ramp(ramp) => ramp.users_at(at_us),
            Self::Curve { .. } => rounded(self.value_at(at_us)),
        }
    }

    /// The same before it is rounded to whole users.
    pub(crate) fn value_at(&self, at_us: u64) -> f64 {
        match self {
            Self::Ramp(ramp) => f64::from(ramp.users_at(at_us)),
            Self::Curve { users, start_us } => match at_us.checked_sub(*start_us) {
                Some(at_us) => value_at(users, at_us),
                None => 0.0,
            },
        }
    }

    /// Whether users are meant to come after `now_us`, however many go before.
    pub(crate) fn rises_after(&self, now_us: u64) -> bool {
        match self {
            Self::Ramp(ramp) => ramp.target() > ramp.users_at(now_us),
            Self::Curve { users, start_us } => {
                let within_us = now_us.saturating_sub(*start_us);
                let mut fewest = self.users_at(now_us);
                let mut ahead = users
                    .points()
                    .iter()
                    .filter(|point| point.at_us >= within_us);
                ahead.any(|point| {
                    let then = rounded(point.value);
                    let rises = then > fewest;
                    fewest = fewest.min(then);
                    rises
                })
            }
        }
    }

    /// When, after `now_us`, the user numbered `next` starts to exist or the
    /// one numbered `last` ceases to; `None` if neither ever happens. At
    /// `now_us` the first does not exist and the second does.
    pub(crate) fn next_change_us(&self, now_us: u64, next: u32, last: Option<u32>) -> Option<u64> {
        match self {
            // A ramp goes either up or down: only one of the two lies ahead.
            Self::Ramp(ramp) => [ramp.due_us(next), last.and_then(|last| ramp.due_us(last))]
                .into_iter()
                .flatten()
                .find(|&due_us| due_us > now_us),
            Self::Curve { users, start_us }
                if now_us < *start_us && value_at(users, 0) >= level(next) =>
            {
                Some(*start_us)
            }
            Self::Curve { users, start_us } => {
                let after_us = now_us.saturating_sub(*start_us);
                let levels = (level(next), last.map(level));
                let due_us = next_crossing_us(users, after_us, levels)?;
                Some(
                    start_us
                        .saturating_add(due_us)
                        .max(now_us.saturating_add(1)),
                )
            }
        }
    }

    /// The ramp that takes over at `now_us`: from where this is to `to`.
    pub(crate) fn redirect(&self, now_us: u64, to: u32, rate: f64) -> Self {
        Self::Ramp(match self {
            Self::Ramp(ramp) => ramp.redirect(now_us, to, rate),
            Self::Curve { .. } => Ramp::new(now_us, self.users_at(now_us), to, rate),
        })
    }
}

/// The value from which on a user exists.
fn level(user: u32) -> f64 {
    f64::from(user) + 0.5
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; values are not negative"
)]
fn rounded(value: f64) -> u32 {
    (value + 0.5) as u32
}

/// When a curve, after `after_us`, is first at or above one level or below another.
fn next_crossing_us(curve: &Curve, after_us: u64, (up, down): (f64, Option<f64>)) -> Option<u64> {
    let is_beyond = |value: f64| value >= up || down.is_some_and(|down| value < down);
    for piece in pieces_from(curve, after_us) {
        if piece.from.at_us > after_us && is_beyond(piece.from.value) {
            return Some(piece.from.at_us);
        }
        if !is_beyond(piece.to.value) {
            continue;
        }
        let due_us = if piece.to.value >= up {
            piece.reaches_us(up)
        } else {
            // Below, not at: the user exists at the level itself.
            piece.reaches_us(down.unwrap_or(0.0)).saturating_add(1)
        };
        return Some(due_us.clamp(piece.from.at_us, piece.to.at_us));
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Slots;

    fn plan(stages: &[(u64, u32)]) -> UserPlan {
        let mut users = Curve::from_value(0.0);
        for &(over_us, value) in stages {
            users.line_to(over_us, f64::from(value));
        }
        UserPlan::Curve {
            users: Arc::new(users),
            start_us: 1_000,
        }
    }

    #[test]
    fn stages_ramp_hold_and_step() {
        let second = 1_000_000;
        let plan = plan(&[(10 * second, 100), (5 * second, 100), (0, 300), (second, 0)]);
        assert_eq!(plan.users_at(0), 0);
        assert_eq!(plan.users_at(1_000 + 5 * second), 50);
        assert_eq!(plan.users_at(1_000 + 12 * second), 100);
        assert_eq!(plan.users_at(1_000 + 15 * second), 300);
        assert_eq!(plan.users_at(1_000 + 16 * second), 0);
        assert_eq!(plan.next_change_us(1_000, 0, None), Some(1_000 + 50_000));
        let hold = 1_000 + 11 * second;
        let step = plan.next_change_us(hold, 100, Some(99));
        assert_eq!(step, Some(1_000 + 15 * second));
        assert_eq!(plan.next_change_us(100 * second, 0, None), None);
    }

    proptest! {
        // What a spawner does: sleep until the next change, do it, sleep again.
        #[test]
        fn following_the_changes_gives_the_plan(
            stages in proptest::collection::vec((prop_oneof![Just(0), 0u64..3_000_000], 0u32..40), 1..8),
            shards in 1usize..17, index in 0usize..16, looks in proptest::collection::vec(0u64..30_000_000, 1..20),
        ) {
            let index = index % shards;
            let plan = plan(&stages);
            let slots = Slots::all().dealt(index, shards);
            let share = |users: u32| slots.count_below(u64::from(users));
            let number = |position: u64| slots.number_at(position).expect("owned") as u32;
            let (mut now, mut steps) = (0, 0);
            let mut changes = vec![(0, share(plan.users_at(0)))];
            loop {
                let present = share(plan.users_at(now));
                let last = present.checked_sub(1).map(number);
                let Some(next) = plan.next_change_us(now, number(present), last) else { break };
                prop_assert!(next > now);
                now = next;
                steps += 1;
                prop_assert!(steps < 2_000, "does not get anywhere at {now}");
                changes.push((now, share(plan.users_at(now))));
            }
            for at in looks {
                let (_, followed) = changes[changes.partition_point(|&(t, _)| t <= at) - 1];
                prop_assert!(followed.abs_diff(share(plan.users_at(at))) == 0, "at {at}: {followed} of {}", plan.users_at(at));
            }
        }
    }
}
