//! When a user starts its next task.

use crate::model::Wait;

/// The next start of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStart {
    /// The earliest moment to start; in the past when the user is late.
    pub due_us: u64,
    /// Planned starts that passed while the last task ran and are given up.
    pub missed: u64,
}

/// The start after a task that was due at `due_us` and ended at `ended_us`.
///
/// A plan is made from the previous *planned* start plus the period, so a
/// slow answer delays one start and not all that follow; a user owes at most
/// one start, older ones are counted as missed. `uniform` is a random number
/// in `[0, 1)`, used by waits that draw.
#[must_use]
pub fn next_start(wait: Wait, due_us: u64, ended_us: u64, uniform: f64) -> NextStart {
    if let Some(period_seconds) = wait.period_seconds() {
        return paced(period_seconds, due_us, ended_us);
    }
    let think_seconds = wait.think_seconds(uniform).unwrap_or(0.0);
    NextStart {
        due_us: ended_us.saturating_add(to_us(think_seconds)),
        missed: 0,
    }
}

fn paced(period_seconds: f64, due_us: u64, ended_us: u64) -> NextStart {
    let period_us = to_us(period_seconds).max(1);
    let next_us = due_us.saturating_add(period_us);
    let missed = ended_us.saturating_sub(next_us) / period_us;
    NextStart {
        due_us: next_us.saturating_add(missed.saturating_mul(period_us)),
        missed,
    }
}

fn to_us(seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; waits are not negative"
    )]
    let us = (seconds * 1e6).round() as u64;
    us
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pacing_keeps_its_plan_through_a_slow_answer() {
        let wait = Wait::Pacing { seconds: 1.0 };
        let on_time = next_start(wait, 5_000_000, 5_100_000, 0.0);
        assert_eq!(
            on_time,
            NextStart {
                due_us: 6_000_000,
                missed: 0
            }
        );
        let late = next_start(wait, 5_000_000, 6_400_000, 0.0);
        assert_eq!(
            late,
            NextStart {
                due_us: 6_000_000,
                missed: 0
            }
        );
        let very_late = next_start(wait, 5_000_000, 9_400_000, 0.0);
        assert_eq!(
            very_late,
            NextStart {
                due_us: 9_000_000,
                missed: 3
            }
        );
    }

    #[test]
    fn think_times_count_from_the_end_of_the_task() {
        let between = Wait::Between {
            min_seconds: 0.5,
            max_seconds: 2.0,
        };
        assert_eq!(next_start(between, 0, 1_000_000, 0.0).due_us, 1_500_000);
        assert_eq!(next_start(between, 0, 1_000_000, 0.5).due_us, 2_250_000);
        assert_eq!(next_start(Wait::NONE, 0, 7, 0.9).due_us, 7);
    }

    #[test]
    fn poisson_waits_have_the_mean_they_say() {
        let wait = Wait::Poisson { per_second: 2.0 };
        let draws = 10_000u32;
        let total: u64 = (0..draws)
            .map(|i| next_start(wait, 0, 0, (f64::from(i) + 0.5) / f64::from(draws)).due_us)
            .sum();
        let mean = total as f64 / f64::from(draws);
        assert!((mean - 500_000.0).abs() < 1_000.0, "{mean}");
    }

    proptest! {
        #[test]
        fn a_paced_user_loses_no_start_uncounted(period_us in 1u64..5_000_000, services in proptest::collection::vec(0u64..20_000_000, 1..50)) {
            let wait = Wait::Pacing { seconds: period_us as f64 / 1e6 };
            let (mut due, mut now, mut starts, mut missed) = (0u64, 0u64, 1u64, 0u64);
            for service in services {
                now = now.max(due) + service;
                let next = next_start(wait, due, now, 0.0);
                prop_assert!(next.due_us > due);
                prop_assert!(now.saturating_sub(next.due_us) < period_us, "owes at most one start");
                due = next.due_us;
                starts += 1;
                missed += next.missed;
            }
            prop_assert_eq!(due, (starts + missed - 1) * period_us);
        }
    }
}
