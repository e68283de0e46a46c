//! The planned task starts of a user with `pacing` or `throughput`.

use crate::model::Wait;
use crate::schedule::plan::to_us;

/// The plan of one paced user: a start each period, counted from its first.
///
/// A plan is made from the previous *planned* start plus the period, so a
/// slow answer delays one start and not all that follow. A user owes at most
/// one start; older ones are missed. Every planned start is counted once: as
/// started, missed, given up or owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    period_us: u64,
    /// The first planned start that is not counted yet.
    next_us: u64,
    owed_us: Option<u64>,
    is_busy: bool,
}

/// Planned starts at equal distances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    pub(crate) first_us: u64,
    /// The distance between two.
    pub(crate) period_us: u64,
    pub(crate) count: u64,
}

/// Planned starts that a user let pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Those that were planned since the last look.
    pub(crate) planned: Moments,
    /// Those that are given up, some of them planned before.
    pub(crate) missed: Moments,
}

impl Pace {
    /// A plan that begins at `first_us`; `None` for a wait without one.
    pub(crate) fn new(wait: Wait, first_us: u64) -> Option<Self> {
        let period_us = to_us(wait.period_seconds()?).max(1);
        Some(Self {
            period_us,
            next_us: first_us,
            owed_us: None,
            is_busy: false,
        })
    }

    /// Takes on the period of another wait: the next start is as far from the
    /// last planned one as the new period says. `None` for a wait without one.
    pub(crate) fn with(self, wait: Wait) -> Option<Self> {
        let period_us = to_us(wait.period_seconds()?).max(1);
        if period_us == self.period_us {
            return Some(self);
        }
        let last_us = self.next_us.saturating_sub(self.period_us);
        Some(Self {
            period_us,
            next_us: last_us.saturating_add(period_us),
            ..self
        })
    }

    /// When the user is to start its next task; in the past when it is late.
    pub(crate) fn due_us(&self) -> u64 {
        self.owed_us.unwrap_or(self.next_us)
    }

    /// The start that is planned and not begun, if the plan has come to it.
    pub(crate) fn owed_us(&self) -> Option<u64> {
        self.owed_us
    }

    /// Begins the start that is due: when it was planned for, and whether it is
    /// counted as planned only now.
    pub(crate) fn begin(&mut self) -> (u64, bool) {
        self.is_busy = true;
        self.take()
    }

    /// The user's task has ended at `now_us`.
    pub(crate) fn end(&mut self, now_us: u64) -> Passed {
        let passed = self.settle(now_us);
        self.is_busy = false;
        passed
    }

    /// Counts what was planned up to `now_us` while the user was busy: the
    /// latest is owed, those before are missed. Nothing for a user that is not.
    pub(crate) fn settle(&mut self, now_us: u64) -> Passed {
        if !self.is_busy || self.next_us > now_us {
            return Passed::default();
        }
        let planned = self.advance(now_us);
        let missed = match self.owed_us {
            Some(owed_us) => Moments {
                first_us: owed_us,
                ..planned
            },
            None => Moments {
                count: planned.count - 1,
                ..planned
            },
        };
        self.owed_us = Some(self.next_us.saturating_sub(self.period_us));
        Passed { planned, missed }
    }

    /// Gives up all that is planned up to `until_us`, and at least the start
    /// that is due.
    pub(crate) fn skip(&mut self, until_us: u64) -> Passed {
        let (first_us, is_new) = self.take();
        let rest = self.advance(until_us);
        let planned = Moments {
            first_us: if is_new { first_us } else { rest.first_us },
            count: rest.count + u64::from(is_new),
            ..rest
        };
        let missed = Moments {
            first_us,
            count: rest.count + 1,
            ..rest
        };
        Passed { planned, missed }
    }

    /// Everything is planned so much later.
    pub(crate) fn put_off(&mut self, by_us: u64) {
        self.next_us = self.next_us.saturating_add(by_us);
        self.owed_us = self.owed_us.map(|owed_us| owed_us.saturating_add(by_us));
    }

    fn take(&mut self) -> (u64, bool) {
        if let Some(owed_us) = self.owed_us.take() {
            return (owed_us, false);
        }
        let due_us = self.next_us;
        self.next_us = due_us.saturating_add(self.period_us);
        (due_us, true)
    }

    /// Moves on to the first planned start after `now_us`; those before.
    fn advance(&mut self, now_us: u64) -> Moments {
        let first_us = self.next_us;
        let count = match now_us.checked_sub(first_us) {
            Some(late_us) => late_us / self.period_us + 1,
            None => 0,
        };
        self.next_us = first_us.saturating_add(count.saturating_mul(self.period_us));
        Moments {
            first_us,
            period_us: self.period_us,
            count,
        }
    }
}

impl Moments {
    /// Their number by second: the second's end, counted from the start of the
    /// run in seconds, and how many lie in it. `origin_us` is the start of the
    /// run on their clock.
    pub(crate) fn by_second(self, origin_us: u64) -> impl Iterator<Item = (u64, u64)> {
        let mut at_us = self.first_us.saturating_sub(origin_us);
        let mut left = self.count;
        std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let end_s = at_us / 1_000_000 + 1;
            let until_us = end_s.saturating_mul(1_000_000);
            let count = (until_us - at_us).div_ceil(self.period_us.max(1)).min(left);
            left -= count;
            at_us = at_us.saturating_add(count.saturating_mul(self.period_us));
            Some((end_s, count))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paced(seconds: f64, first_us: u64) -> Pace {
        Pace::new(Wait::Pacing { seconds }, first_us).expect("a period")
    }

    /// After a start that was due at 5 s, the next one when its task has ended.
    fn next(ended_us: u64) -> (u64, u64) {
        let mut pace = paced(1.0, 5_000_000);
        assert_eq!(pace.begin(), (5_000_000, true));
        let passed = pace.end(ended_us);
        (pace.due_us(), passed.missed.count)
    }

    #[test]
    fn pacing_keeps_its_plan_through_a_slow_answer() {
        assert_eq!(next(5_100_000), (6_000_000, 0), "on time");
        assert_eq!(next(6_400_000), (6_000_000, 0), "late");
        assert_eq!(next(9_400_000), (9_000_000, 3), "very late");
    }

    #[test]
    fn another_period_counts_from_the_last_planned_start() {
        let mut pace = paced(10.0, 0);
        pace.begin();
        let pace = pace.with(Wait::Pacing { seconds: 2.0 }).expect("a period");
        assert_eq!(pace.due_us(), 2_000_000);
        assert_eq!(pace.with(Wait::NONE), None);
    }

    #[test]
    fn moments_are_told_by_second() {
        let moments = Moments {
            first_us: 10_400_000,
            period_us: 300_000,
            count: 6,
        };
        // 0.4, 0.7 | 1.0, 1.3, 1.6, 1.9
        let by_second: Vec<_> = moments.by_second(10_000_000).collect();
        assert_eq!(by_second, [(1, 2), (2, 4)]);
    }

    proptest! {
        /// However long tasks take, whenever it is looked, and whatever is put
        /// off: whole periods since the first = started + missed + owed.
        #[test]
        fn every_planned_start_is_counted_once(
            period_us in 1_u64..3_000_000,
            first_us in 0_u64..2_000_000,
            steps in proptest::collection::vec((0_u64..9_000_000, 0_u64..4_000_000, 0_u32..6), 1..60),
        ) {
            let mut pace = paced(period_us as f64 / 1e6, first_us);
            let (mut now, mut planned, mut started, mut missed, mut off) = (first_us, 0, 0, 0, 0);
            for (service, look, kind) in steps {
                now = now.max(pace.due_us());
                let mut passed = Passed::default();
                if kind == 0 {
                    passed = pace.skip(now);
                } else {
                    let (due_us, is_new) = pace.begin();
                    prop_assert!(due_us <= now);
                    started += 1;
                    planned += u64::from(is_new);
                    let seen = pace.settle(now + look.min(service));
                    planned += seen.planned.count;
                    missed += seen.missed.count;
                    if kind == 1 {
                        pace.put_off(look);
                        off += look;
                        now += look;
                    }
                    now += service;
                    let ended = pace.end(now);
                    prop_assert_eq!(pace.settle(now + 10 * period_us), Passed::default());
                    planned += ended.planned.count;
                    missed += ended.missed.count;
                }
                planned += passed.planned.count;
                missed += passed.missed.count;
                let owed = u64::from(pace.owed_us().is_some());
                prop_assert_eq!(planned, started + missed + owed);
                let until_us = pace.due_us() + if owed == 1 { period_us } else { 0 };
                prop_assert_eq!(until_us - first_us - off, planned * period_us);
                prop_assert!(now < pace.due_us() || now - pace.due_us() < period_us, "owes one at most");
            }
        }

        #[test]
        fn seconds_add_up(first_us in 0_u64..10_000_000, period_us in 1_u64..3_000_000, count in 0_u64..200) {
            let moments = Moments { first_us, period_us, count };
            let mut at = 0;
            for (end_s, in_it) in moments.by_second(0) {
                prop_assert!(in_it > 0);
                for _ in 0..in_it {
                    prop_assert_eq!((first_us + at * period_us) / 1_000_000 + 1, end_s);
                    at += 1;
                }
            }
            prop_assert_eq!(at, count);
        }
    }
}
