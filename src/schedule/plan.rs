//! When a user that thinks starts its next task.

use crate::model::Wait;

/// The start after a task that ended at `ended_us`, for a wait without a plan;
/// at once for one that plans its starts, see [`Pace`](crate::schedule::Pace).
/// `uniform` is a random number in `[0, 1)`, used by waits that draw.
#[must_use]
pub fn think_until_us(wait: Wait, ended_us: u64, uniform: f64) -> u64 {
    let think_seconds = wait.think_seconds(uniform).unwrap_or(0.0);
    ended_us.saturating_add(to_us(think_seconds))
}

pub(super) fn to_us(seconds: f64) -> u64 {
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
    use super::*;

    #[test]
    fn think_times_count_from_the_end_of_the_task() {
        let between = Wait::Between {
            min_seconds: 0.5,
            max_seconds: 2.0,
        };
        assert_eq!(think_until_us(between, 1_000_000, 0.0), 1_500_000);
        assert_eq!(think_until_us(between, 1_000_000, 0.5), 2_250_000);
        assert_eq!(think_until_us(Wait::NONE, 7, 0.9), 7);
    }

    #[test]
    fn poisson_waits_have_the_mean_they_say() {
        let wait = Wait::Poisson { per_second: 2.0 };
        let draws = 10_000u32;
        let total: u64 = (0..draws)
            .map(|i| think_until_us(wait, 0, (f64::from(i) + 0.5) / f64::from(draws)))
            .sum();
        let mean = total as f64 / f64::from(draws);
        assert!((mean - 500_000.0).abs() < 1_000.0, "{mean}");
    }
}
