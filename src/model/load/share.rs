use std::sync::Arc;

use crate::model::Load;

/// The share of a workload in a load that several workloads divide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadShare {
    /// The shares of all parts; their sum is above 0.
    shares: Arc<[u32]>,
    index: usize,
}

impl LoadShare {
    /// The parts of a whole, one for each share, in their order. Shares are
    /// above 0.
    #[must_use]
    pub fn of_shares(shares: &[u32]) -> Vec<Self> {
        let shares: Arc<[u32]> = shares.into();
        (0..shares.len())
            .map(|index| Self {
                shares: Arc::clone(&shares),
                index,
            })
            .collect()
    }

    /// All of it.
    #[must_use]
    pub fn whole() -> Self {
        Self {
            shares: Arc::from([1]),
            index: 0,
        }
    }

    /// Its share and the sum of all.
    #[must_use]
    pub fn share(&self) -> (u32, u64) {
        let all = self.shares.iter().map(|&share| u64::from(share)).sum();
        (self.shares[self.index], all)
    }

    /// Its share of all, above 0 and at most 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        let (share, all) = self.share();
        #[expect(clippy::cast_precision_loss, reason = "shares are small")]
        let all = all as f64;
        f64::from(share) / all
    }

    /// How many of `count` things belong to it, by largest remainders: each
    /// part has what its share gives in whole things, and what is left over
    /// goes to those that are short of most, one each; to the first of equals.
    /// All parts together have `count`.
    #[must_use]
    pub fn of_count(&self, count: u32) -> u32 {
        let (_, all) = self.share();
        let dealt = |share: u32| {
            let due = u64::from(count) * u64::from(share);
            (due / all, due % all)
        };
        let (whole, mine) = dealt(self.shares[self.index]);
        let left = self.shares.iter().map(|&share| dealt(share).1).sum::<u64>() / all;
        let is_ahead = |(index, &share): (usize, &u32)| {
            let other = dealt(share).1;
            other > mine || (other == mine && index < self.index)
        };
        let ahead = self.shares.iter().enumerate();
        let ahead = ahead.filter(|&one| is_ahead(one)).count() as u64;
        // At most `count`, which it is a part of.
        u32::try_from(whole).unwrap_or(count) + u32::from(ahead < left)
    }

    /// Its part of a load: of the users, and of the spawn rate.
    #[must_use]
    pub fn of_load(&self, load: Load) -> Load {
        Load {
            users: self.of_count(load.users),
            spawn_rate: load.spawn_rate * self.fraction(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dealt(count: u32, shares: &[u32]) -> Vec<u32> {
        let parts = LoadShare::of_shares(shares);
        parts.iter().map(|part| part.of_count(count)).collect()
    }

    #[test]
    fn what_is_left_over_goes_to_the_largest_remainders() {
        assert_eq!(dealt(100, &[3, 1]), [75, 25]);
        assert_eq!(dealt(10, &[3, 1]), [8, 2]);
        assert_eq!(dealt(4, &[1, 1, 1]), [2, 1, 1]);
        assert_eq!(dealt(1, &[40, 30, 30]), [1, 0, 0]);
        assert_eq!(dealt(0, &[2, 5]), [0, 0]);
        assert_eq!(LoadShare::whole().of_count(7), 7);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_near_their_shares(count in 0u32..=1_000_000, shares in proptest::collection::vec(1u32..=1_000_000, 1..33)) {
            let dealt = dealt(count, &shares);
            prop_assert_eq!(dealt.iter().sum::<u32>(), count);
            for (part, got) in LoadShare::of_shares(&shares).iter().zip(&dealt) {
                let due = f64::from(count) * part.fraction();
                prop_assert!((f64::from(*got) - due).abs() < 1.0 + 1e-6, "{got} for {due}");
            }
            let load = Load { users: count, spawn_rate: 10.0 };
            let rates: f64 = LoadShare::of_shares(&shares).iter().map(|part| part.of_load(load).spawn_rate).sum();
            prop_assert!((rates - 10.0).abs() < 1e-9);
        }
    }
}
