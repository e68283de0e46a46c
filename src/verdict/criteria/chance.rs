//! When too few samples still say for sure that a quantile is missed.
//!
//! If a criterion held exactly at its edge, each sample would miss the value
//! with a known probability: one in a hundred for `p99 < 500ms`. The number of
//! samples that do is binomial then. Where it is so large that this is next to
//! impossible, the criterion is broken, however few samples there are.

use crate::model::Comparison;
use crate::verdict::findings::wording::float;

/// The largest probability of a miss by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Decided once a run: 1 %.
    Once,
    /// Decided for each of many stretches: 0.1 %.
    Often,
}

impl Doubt {
    fn chance(self) -> f64 {
        match self {
            Self::Once => 0.01,
            Self::Often => 0.001,
        }
    }
}

/// Samples that miss the value of a quantile criterion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Misses {
    /// How many.
    pub(super) count: u64,
    /// In how many seconds.
    pub(super) seconds: u64,
}

/// The part of all samples that may miss the value of a criterion on a
/// quantile; `None` where the comparison has no side to miss it on.
pub(super) fn share_that_may_miss(op: Comparison, quantile: f64) -> Option<f64> {
    match op {
        Comparison::Less | Comparison::AtMost => Some(1.0 - quantile),
        Comparison::Greater | Comparison::AtLeast => Some(quantile),
        Comparison::Equal | Comparison::NotEqual => None,
    }
}

/// Whether so many misses among `samples` cannot be chance. They have to lie
/// in two seconds at least, or be more than half of the samples: one hiccup
/// decides nothing.
pub(super) fn is_missed_for_sure(samples: u64, misses: Misses, share: f64, doubt: Doubt) -> bool {
    let is_spread = misses.seconds >= 2 || misses.count * 2 > samples;
    is_spread && misses.count >= fewest_misses(samples, share, doubt.chance() + ROUNDING)
}

/// The least `k` for which P(Bin(samples, share) >= k) <= chance; more than
/// `samples` where there is none.
///
/// Cost: as many steps as the rarer of hits and misses may have, a few dozen.
fn fewest_misses(samples: u64, share: f64, chance: f64) -> u64 {
    if share <= 0.5 {
        from_none(samples, share, chance)
    } else {
        from_all(samples, share, chance)
    }
}

/// What is added to a bound, so that 1 - 0.99 is not more than 1 %.
const ROUNDING: f64 = 1e-9;

/// Adds up from 0 misses on, where misses are rare.
fn from_none(samples: u64, share: f64, chance: f64) -> u64 {
    let odds = share / (1.0 - share);
    let mut probability = (1.0 - share).powf(float(samples));
    let mut at_least = 1.0;
    for misses in 0..=samples {
        if at_least <= chance {
            return misses;
        }
        at_least -= probability;
        probability *= odds * float(samples - misses) / float(misses + 1);
    }
    samples + 1
}

/// Adds up from all samples down, where misses are the rule.
fn from_all(samples: u64, share: f64, chance: f64) -> u64 {
    let odds = (1.0 - share) / share;
    let mut probability = share.powf(float(samples));
    let mut at_least = probability;
    for hits in 0..=samples {
        if at_least > chance {
            return samples - hits + 1;
        }
        probability *= odds * float(samples - hits) / float(hits + 1);
        at_least += probability;
    }
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_sure(samples: u64, count: u64, seconds: u64) -> bool {
        let misses = Misses { count, seconds };
        is_missed_for_sure(samples, misses, 0.01, Doubt::Once)
    }

    #[test]
    fn what_cannot_be_chance_is_sure() {
        assert!(is_sure(70, 70, 1), "all of them");
        assert!(is_sure(70, 6, 2), "six of 70 are enough for p99");
        assert!(!is_sure(70, 6, 1), "one hiccup");
        assert!(!is_sure(70, 1, 1), "one in a hundred may");
        assert!(is_sure(1, 1, 1), "1 % is not more than 1 %");
        assert!(!is_sure(0, 0, 0));
        assert!(!is_sure(822, 16, 9), "1.005 %: it may be chance");
        assert!(is_sure(822, 17, 9));
        let often = |count| {
            let misses = Misses { count, seconds: 2 };
            is_missed_for_sure(70, misses, 0.01, Doubt::Often)
        };
        assert!(!often(4) && often(5), "one in a thousand is rarer");
    }

    #[test]
    fn the_other_side_is_a_mirror() {
        assert_eq!(
            share_that_may_miss(Comparison::Less, 0.95),
            Some(1.0 - 0.95)
        );
        assert_eq!(share_that_may_miss(Comparison::AtLeast, 0.95), Some(0.95));
        assert_eq!(share_that_may_miss(Comparison::Equal, 0.95), None);
        // 0.99^458 is 1.002 %, 0.99^459 is 0.99 %.
        assert_eq!(fewest_misses(458, 0.99, 0.01), 459);
        assert_eq!(fewest_misses(459, 0.99, 0.01), 459);
    }

    /// P(Bin(n, p) >= k) by the definition.
    fn tail(n: u64, k: u64, p: f64) -> f64 {
        let term = |i: u64| {
            let ways: f64 = (0..i).map(|j| float(n - j) / float(j + 1)).product();
            ways * p.powf(float(i)) * (1.0 - p).powf(float(n - i))
        };
        (k..=n).map(term).sum()
    }

    proptest! {
        #[test]
        fn it_is_the_least_that_is_improbable(
            n in 0u64..120, p in 0.01f64..0.99, chance in proptest::sample::select(vec![0.01, 0.001]),
        ) {
            let k = fewest_misses(n, p, chance);
            prop_assert!(k <= n + 1);
            prop_assert!(k == n + 1 || tail(n, k, p) <= chance * 1.000_001);
            prop_assert!(k == 0 || tail(n, k - 1, p) > chance * 0.999_999);
        }

        #[test]
        fn more_misses_never_make_it_less_sure(n in 1u64..100_000, k in 0u64..200, p in 0.000_1f64..0.5) {
            let misses = |count| Misses { count, seconds: 2 };
            let sure = |count| is_missed_for_sure(n, misses(count), p, Doubt::Once);
            prop_assert!(!sure(k) || sure(k + 1));
        }
    }
}
