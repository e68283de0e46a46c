//! The number of users over time.

/// A straight line from one number of users to another at a spawn rate.
///
/// Users are numbered from 0; at any moment those below
/// `users_at` are meant to exist. Up-ramps start users one
/// by one in the order of their numbers, down-ramps end the highest numbers
/// first, so which users exist follows from the count alone and shards need
/// no agreement on it: each owns the numbers of its [`Slots`](crate::model::Slots).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    start_us: u64,
    from: u32,
    to: u32,
    rate: f64,
}

impl Ramp {
    /// Nobody, for ever.
    pub const EMPTY: Self = Self {
        start_us: 0,
        from: 0,
        to: 0,
        rate: 1.0,
    };

    /// A ramp whose first step is due at `start_us`; `rate` is in users per
    /// second, above zero.
    pub(crate) fn new(start_us: u64, from: u32, to: u32, rate: f64) -> Self {
        Self {
            start_us,
            from,
            to,
            rate,
        }
    }

    /// The ramp that takes over at `now_us`: from where this one is to `to`.
    ///
    /// Its first step keeps the new rate's distance from this one's last
    /// step, so that many edits in a row do not spawn faster than the rate.
    pub(crate) fn redirect(&self, now_us: u64, to: u32, rate: f64) -> Self {
        let from = self.users_at(now_us);
        let steps_done = from.abs_diff(self.from);
        let earliest_us = match steps_done {
            0 => self.start_us.min(now_us.saturating_add(period_us(1, rate))),
            n => self.step_due_us(n - 1).saturating_add(period_us(1, rate)),
        };
        Self::new(earliest_us.max(now_us), from, to, rate)
    }

    /// The users that are meant to exist at `at_us`.
    pub(crate) fn users_at(&self, at_us: u64) -> u32 {
        let steps = self.steps_at(at_us);
        if self.to >= self.from {
            self.from + steps
        } else {
            self.from - steps
        }
    }

    /// When the user with this number starts (up) or ends (down); `None` if
    /// the ramp does not touch it.
    pub(crate) fn due_us(&self, user: u32) -> Option<u64> {
        let step = if self.to >= self.from {
            (self.from..self.to)
                .contains(&user)
                .then(|| user - self.from)
        } else {
            (self.to..self.from)
                .contains(&user)
                .then(|| self.from - 1 - user)
        };
        step.map(|step| self.step_due_us(step))
    }

    /// When the last step is due; the start if there is none.
    pub(crate) fn end_us(&self) -> u64 {
        match self.from.abs_diff(self.to) {
            0 => self.start_us,
            steps => self.step_due_us(steps - 1),
        }
    }

    /// The number of users it leads to.
    pub(crate) fn target(&self) -> u32 {
        self.to
    }

    fn steps_at(&self, at_us: u64) -> u32 {
        let all = self.from.abs_diff(self.to);
        let Some(elapsed_us) = at_us.checked_sub(self.start_us) else {
            return 0;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a saturating estimate, corrected below"
        )]
        let mut steps = ((elapsed_us as f64 * self.rate / 1e6) as u32).min(all);
        // The estimate may be off by one in either direction: due times decide.
        while steps < all && self.step_due_us(steps) <= at_us {
            steps += 1;
        }
        while steps > 0 && self.step_due_us(steps - 1) > at_us {
            steps -= 1;
        }
        steps
    }

    fn step_due_us(&self, step: u32) -> u64 {
        self.start_us.saturating_add(period_us(step, self.rate))
    }
}

/// The time that `count` steps take at `rate` steps per second.
fn period_us(count: u32, rate: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; neither is negative"
    )]
    let us = (f64::from(count) * 1e6 / rate) as u64;
    us
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Slots;

    #[test]
    fn a_ramp_is_smooth_and_starts_at_once() {
        let ramp = Ramp::new(1_000_000, 0, 1000, 100.0);
        assert_eq!(ramp.users_at(999_999), 0);
        assert_eq!(ramp.users_at(1_000_000), 1);
        assert_eq!(ramp.users_at(1_009_999), 1);
        assert_eq!(ramp.users_at(1_010_000), 2);
        assert_eq!(ramp.users_at(1_000_000 + 9_990_000), 1000);
        assert_eq!(ramp.users_at(u64::MAX), 1000);
        assert_eq!(ramp.end_us(), 10_990_000);
    }

    #[test]
    fn ramping_down_ends_the_youngest_first() {
        let ramp = Ramp::new(0, 10, 7, 1.0);
        assert_eq!(ramp.due_us(9), Some(0));
        assert_eq!(ramp.due_us(7), Some(2_000_000));
        assert_eq!(ramp.due_us(6), None);
        assert_eq!(ramp.due_us(10), None);
        assert_eq!(ramp.users_at(500_000), 9);
        assert_eq!(ramp.users_at(2_000_000), 7);
    }

    proptest! {
        #[test]
        fn due_times_and_counts_agree(from in 0u32..5000, to in 0u32..5000, rate in 0.01f64..20_000.0, start in 0u64..10_000_000) {
            let ramp = Ramp::new(start, from, to, rate);
            let (low, high) = (from.min(to), from.max(to));
            for user in (low..high).step_by(37) {
                let due = ramp.due_us(user).expect("within the ramp");
                let exists = ramp.users_at(due) > user;
                prop_assert_eq!(exists, to > from);
                if due > start {
                    let existed = ramp.users_at(due - 1) > user;
                    prop_assert_eq!(existed, to < from);
                }
            }
            prop_assert_eq!(ramp.users_at(ramp.end_us()), to);
        }

        #[test]
        fn shards_share_the_whole(to in 0u32..3000, shards in 1usize..17, at in 0u64..20_000_000) {
            let ramp = Ramp::new(0, 0, to, 333.0);
            let all = u64::from(ramp.users_at(at));
            let mut split = 0;
            for index in 0..shards {
                let slots = Slots::all().dealt(index, shards);
                let numbers = (0..).map_while(|at| slots.number_at(at)).map(|number| number as u32);
                let due = numbers.take_while(|&user| user < to && ramp.due_us(user).is_some_and(|due| due <= at));
                let due = due.count() as u64;
                prop_assert_eq!(due, slots.count_below(all), "shard {}", index);
                split += due;
            }
            prop_assert_eq!(all, split);
        }

        #[test]
        fn edits_never_spawn_faster_than_the_rate(edits in proptest::collection::vec(1u64..200_000, 1..60), rate in 1f64..500.0) {
            let mut ramp = Ramp::new(0, 0, 10_000, rate);
            let mut now = 0;
            for pause in edits {
                now += pause;
                ramp = ramp.redirect(now, 10_000, rate);
            }
            let most = (now as f64 * rate / 1e6) as u32 + 2;
            prop_assert!(ramp.users_at(now) <= most, "{} users after {} us at {}/s", ramp.users_at(now), now, rate);
        }
    }
}
