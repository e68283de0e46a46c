//! How late the load generator was by itself, second by second.

use std::collections::VecDeque;

/// The largest delay of a shard in an interval, or of all shards in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// How much later than due it did something: the largest of the lateness of
    /// planned starts, of a timer that is due every few milliseconds, and of
    /// [`run_delay_us`](Self::run_delay_us).
    pub(crate) largest_us: u64,
    /// The longest that its thread could run and was not let; `None` where the
    /// operating system does not tell.
    pub(crate) run_delay_us: Option<u64>,
    /// The longest stretch in which it did not turn at all, if one was long.
    pub(crate) gap: Option<Gap>,
}

/// A stretch in which a shard did not turn, on the run's axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub(crate) from_us: u64,
    pub(crate) to_us: u64,
}

/// The delays of a run, all shards together.
///
/// Memory: eight bytes a second for as long as a sample may take, which is an
/// hour, and 100 gaps; further ones are only added up.
#[derive(Clone, Debug, Default)]
pub struct Delays {
    open: Delay,
    /// The last second that was closed; 0 before the first.
    closed_s: u64,
    /// The sum of the largest delays up to the end of each of the last
    /// seconds, the latest last.
    sums_us: VecDeque<u64>,
    gaps: Vec<Gap>,
    /// What found no place in the list.
    more_gaps_us: u64,
}

/// A sample takes an hour at most, so it spans so many seconds.
const KEPT_S: usize = 3_602;
/// Gaps that are told apart.
const GAPS: usize = 100;
/// Gaps that are closer than this are one.
const NEIGHBOURS_US: u64 = 20_000;

impl Gap {
    pub(crate) fn length_us(self) -> u64 {
        self.to_us.saturating_sub(self.from_us)
    }

    fn overlap_us(self, from_us: u64, to_us: u64) -> u64 {
        let (from_us, to_us) = (self.from_us.max(from_us), self.to_us.min(to_us));
        to_us.saturating_sub(from_us)
    }
}

impl Delay {
    /// Takes in another shard's, or another interval's.
    pub(crate) fn add(&mut self, other: &Self) {
        self.largest_us = self.largest_us.max(other.largest_us);
        self.run_delay_us = self.run_delay_us.max(other.run_delay_us);
        let length_us = |gap: &Gap| gap.length_us();
        self.gap = self.gap.into_iter().chain(other.gap).max_by_key(length_us);
    }
}

impl Delays {
    /// Forgets all but which second is open.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            closed_s: self.closed_s,
            sums_us: std::iter::repeat_n(0, self.sums_us.len()).collect(),
            ..Self::default()
        };
    }

    /// Takes in what belongs to the open second.
    pub(crate) fn add(&mut self, delay: &Delay) {
        self.open.add(delay);
    }

    /// Takes in a gap, which may lie in seconds that are closed already.
    pub(crate) fn add_gap(&mut self, gap: Gap) {
        let is_near = |known: &Gap| {
            gap.from_us <= known.to_us + NEIGHBOURS_US && known.from_us <= gap.to_us + NEIGHBOURS_US
        };
        if let Some(known) = self.gaps.iter_mut().rfind(|known| is_near(known)) {
            known.from_us = known.from_us.min(gap.from_us);
            known.to_us = known.to_us.max(gap.to_us);
        } else if self.gaps.len() < GAPS {
            self.gaps.push(gap);
        } else {
            self.more_gaps_us += gap.length_us();
        }
    }

    /// The second that ends at `end_s` is over; what was the largest delay in it.
    pub(crate) fn close_second(&mut self, end_s: u64) -> Delay {
        let before_us = self.sums_us.back().copied().unwrap_or_default();
        if self.sums_us.len() >= KEPT_S {
            self.sums_us.pop_front();
        }
        self.sums_us.push_back(before_us + self.open.largest_us);
        self.closed_s = end_s;
        std::mem::take(&mut self.open)
    }

    /// The largest delay in the second that ends at `end_s`, closed or open;
    /// 0 for those long past.
    pub(crate) fn of_second_us(&self, end_s: u64) -> u64 {
        self.sum_us(end_s)
            .saturating_sub(self.sum_us(end_s.saturating_sub(1)))
    }

    /// By how much a sample of this length that ended in the second up to
    /// `end_s` is overstated at most: the delays of all seconds it may span.
    pub(crate) fn within_us(&self, end_s: u64, took_us: u64) -> u64 {
        let earlier_s = took_us.div_ceil(1_000_000);
        let before_s = end_s.saturating_sub(earlier_s + 1);
        self.sum_us(end_s).saturating_sub(self.sum_us(before_s))
    }

    /// All delays up to the end of a second; from before the kept ones on the
    /// first of them.
    fn sum_us(&self, end_s: u64) -> u64 {
        let latest_us = self.sums_us.back().copied().unwrap_or_default();
        if end_s > self.closed_s {
            return latest_us + self.open.largest_us;
        }
        let back = usize::try_from(self.closed_s - end_s).unwrap_or(usize::MAX);
        let at = self.sums_us.len().checked_sub(back.saturating_add(1));
        let first_us = self.sums_us.front().copied().unwrap_or_default();
        match at {
            Some(at) => self.sums_us[at],
            // The beginning of the run, unless it was longer.
            None if self.sums_us.len() < KEPT_S => 0,
            None => first_us,
        }
    }

    /// How much of the second that ends at `end_s` was gaps.
    pub(crate) fn gap_in_second_us(&self, end_s: u64) -> u64 {
        let to_us = end_s * 1_000_000;
        let from_us = to_us.saturating_sub(1_000_000);
        let parts = self.gaps.iter().map(|gap| gap.overlap_us(from_us, to_us));
        parts.sum::<u64>().min(1_000_000)
    }

    /// How much of the run between two moments was gaps; those that are only
    /// added up count for any.
    pub(crate) fn gaps_between_us(&self, from_us: u64, to_us: u64) -> u64 {
        let parts = self.gaps.iter().map(|gap| gap.overlap_us(from_us, to_us));
        let all_us = parts.sum::<u64>() + self.more_gaps_us;
        all_us.min(to_us.saturating_sub(from_us))
    }

    /// The gaps, at most 100 of them.
    pub(crate) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn delay(largest_us: u64) -> Delay {
        Delay {
            largest_us,
            ..Delay::default()
        }
    }

    fn gap(from_ms: u64, to_ms: u64) -> Gap {
        Gap {
            from_us: from_ms * 1_000,
            to_us: to_ms * 1_000,
        }
    }

    #[test]
    fn a_sample_is_overstated_by_the_seconds_it_may_span() {
        let mut delays = Delays::default();
        for (end_s, us) in [(1, 10), (2, 200), (3, 3_000)] {
            delays.add(&delay(us / 2));
            delays.add(&delay(us));
            assert_eq!(delays.close_second(end_s).largest_us, us);
        }
        delays.add(&delay(40_000));
        assert_eq!(delays.within_us(3, 0), 3_000);
        assert_eq!(
            delays.within_us(3, 5_000),
            3_200,
            "it may have begun in the second before"
        );
        assert_eq!(delays.within_us(3, 1_000_001), 3_210);
        assert_eq!(delays.within_us(3, 90_000_000), 3_210);
        assert_eq!(delays.within_us(4, 1_000), 43_000, "the open second counts");
        assert_eq!(
            [0, 1, 2, 3, 4].map(|end_s| delays.of_second_us(end_s)),
            [0, 10, 200, 3_000, 40_000]
        );
    }

    #[test]
    fn gaps_that_meet_are_one_and_have_their_seconds() {
        let mut delays = Delays::default();
        delays.add_gap(gap(3_200, 6_100));
        delays.add_gap(gap(3_300, 6_105));
        delays.add_gap(gap(9_000, 9_400));
        assert_eq!(delays.gaps(), [gap(3_200, 6_105), gap(9_000, 9_400)]);
        let in_second = [3, 4, 5, 7, 10].map(|end_s| delays.gap_in_second_us(end_s) / 1_000);
        assert_eq!(in_second, [0, 800, 1_000, 105, 400]);
        assert_eq!(delays.gaps_between_us(0, u64::MAX), 3_305_000);
        assert_eq!(delays.gaps_between_us(6_000_000, u64::MAX), 505_000);
        for at in 0..500 {
            delays.add_gap(gap(20_000 + at * 1_000, 20_300 + at * 1_000));
        }
        assert_eq!(delays.gaps().len(), GAPS);
        assert_eq!(
            delays.gaps_between_us(0, u64::MAX),
            3_305_000 + 500 * 300_000
        );
    }

    proptest! {
        #[test]
        fn it_is_the_sum_however_long_the_run(
            seconds in proptest::collection::vec(0u64..1_000, 1..5_000), took_s in 0u64..60,
        ) {
            let mut delays = Delays::default();
            for (end_s, us) in (1..).zip(&seconds) {
                delays.add(&delay(*us));
                delays.close_second(end_s);
            }
            let spanned = seconds.iter().rev().take(took_s as usize + 1);
            prop_assert_eq!(delays.within_us(seconds.len() as u64, took_s * 1_000_000), spanned.sum::<u64>());
        }
    }
}
