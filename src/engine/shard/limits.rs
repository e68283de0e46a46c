//! Limits of a whole run, which shards draw from together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What all shards of a run may use together: a counter for each limit, touched only where the scenario sets the limit, so that a
/// run without limits pays nothing. No memory is handed over through them,
/// hence relaxed ordering.
#[derive(Debug, Default)]
pub struct Limits {
    /// Task starts left.
    iterations: Option<AtomicU64>,
    requests: Option<Arc<TurnCounter>>,
}

/// Turns at a fixed distance.
#[derive(Debug)]
struct TurnCounter {
    period_ns: u64,
    next_ns: AtomicU64,
}

/// When a user may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Then: the turn is its own.
    At(u64),
    /// It has to ask again then.
    AskAgain(u64),
}

/// How far ahead a turn can be taken.
const NEAR_US: u64 = 100_000;

impl Limits {
    /// At most so many task starts, and so many requests per second.
    pub(crate) fn new(iterations: Option<u64>, max_rps: Option<f64>) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates; rates are above 0"
        )]
        let period_ns = |rate: f64| (1e9 / rate).round() as u64;
        Self {
            iterations: iterations.map(AtomicU64::new),
            requests: max_rps.map(|rate| {
                Arc::new(TurnCounter {
                    period_ns: period_ns(rate),
                    next_ns: AtomicU64::new(0),
                })
            }),
        }
    }

    /// The limit of requests alone, from the same counter: for what is done beside
    /// the tasks that are counted.
    pub(crate) fn of_requests(&self) -> Self {
        Self {
            iterations: None,
            requests: self.requests.clone(),
        }
    }

    /// Whether requests need turns.
    pub(super) fn has_turns(&self) -> bool {
        self.requests.is_some()
    }

    /// Takes one task start; `false` when none is left.
    pub(crate) fn take_iteration(&self) -> bool {
        self.iterations.as_ref().is_none_or(|left| {
            let take = |left: u64| left.checked_sub(1);
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                .is_ok()
        })
    }

    /// Gives one back that could not be used.
    pub(crate) fn give_back_iteration(&self) {
        if let Some(left) = &self.iterations {
            left.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether every task start that was allowed has been taken.
    pub(crate) fn is_exhausted(&self) -> bool {
        let left = self.iterations.as_ref();
        left.is_some_and(|left| left.load(Ordering::Relaxed) == 0)
    }

    /// Takes the next turn to send, if it is near. Turns further off are left
    /// to whoever asks then: a user that leaves meanwhile must not keep any.
    pub(super) fn take_turn(&self, now_us: u64) -> Turn {
        let Some(turns) = &self.requests else {
            return Turn::At(now_us);
        };
        let now_ns = now_us.saturating_mul(1_000);
        let far_ns = now_ns.saturating_add(NEAR_US * 1_000);
        let after = |next: u64| {
            let turn_ns = next.max(now_ns);
            (turn_ns <= far_ns).then(|| turn_ns.saturating_add(turns.period_ns))
        };
        match turns
            .next_ns
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, after)
        {
            Ok(next_ns) => Turn::At(next_ns.max(now_ns).div_ceil(1_000)),
            Err(_) => Turn::AskAgain(now_us.saturating_add(NEAR_US / 2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterations_are_taken_once_each() {
        let limits = Limits::new(Some(2), None);
        assert!(limits.take_iteration() && limits.take_iteration());
        assert!(limits.is_exhausted() && !limits.take_iteration());
        assert!(Limits::default().take_iteration());
        assert!(!Limits::default().is_exhausted());
    }

    #[test]
    fn turns_keep_their_distance_and_are_not_saved_up() {
        let limits = Limits::new(None, Some(1_000.0));
        assert_eq!(limits.take_turn(10_000), Turn::At(10_000));
        assert_eq!(limits.take_turn(10_000), Turn::At(11_000));
        assert_eq!(limits.take_turn(10_500), Turn::At(12_000));
        let later = limits.take_turn(90_000);
        assert_eq!(later, Turn::At(90_000), "idle time gives no burst");
        assert_eq!(Limits::default().take_turn(7), Turn::At(7));
    }

    #[test]
    fn a_turn_far_ahead_is_taken_by_nobody() {
        let limits = Limits::new(None, Some(5.0));
        assert_eq!(limits.take_turn(0), Turn::At(0));
        assert_eq!(limits.take_turn(0), Turn::AskAgain(50_000));
        assert_eq!(limits.take_turn(150_000), Turn::At(200_000));
    }
}
