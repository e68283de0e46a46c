//! The seed of a run, and the streams of random numbers that come from it.

/// Where all random numbers of a run begin.
///
/// Every stream has a seed of its own that follows from what it is for, never
/// from the order in which streams begin: a user draws the same numbers on any
/// shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

/// The purpose of a random stream; keeps streams with equal numbers apart.
const OF_USER: u64 = 1;
const OF_STARTS: u64 = 2;

impl Seed {
    /// A run's seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of a user, by its number in a workload. `life` is how often
    /// a user of that number was started before: who comes after one that left
    /// must not make up the same names again.
    #[must_use]
    pub fn of_user(self, workload: usize, number: u32, life: u32) -> u64 {
        let who = u64::from(number) << 32 | u64::from(life);
        self.derive([OF_USER, workload as u64, who])
    }

    /// The seed of one owner's part of the task starts of an open load, by the
    /// lowest slot that it owns.
    #[must_use]
    pub fn of_starts(self, workload: usize, first_slot: u16) -> u64 {
        self.derive([OF_STARTS, workload as u64, u64::from(first_slot)])
    }

    fn derive(self, path: [u64; 3]) -> u64 {
        path.into_iter().fold(mix(self.0), |state, step| {
            // Multiplied, so that small numbers differ in more than their lowest bits.
            mix(state ^ step.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        })
    }
}

/// The output function of `SplitMix64`: every bit of the input changes about half
/// of the output's.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn streams_are_told_apart_and_come_again() {
        let seed = Seed::new(7);
        let mut seeds = BTreeSet::new();
        for workload in 0..4 {
            for number in 0..500 {
                seeds.extend((0..3).map(|life| seed.of_user(workload, number, life)));
            }
            seeds.extend((0..960).map(|slot| seed.of_starts(workload, slot)));
        }
        assert_eq!(seeds.len(), 4 * (500 * 3 + 960));
        assert_eq!(seed.of_user(1, 2, 3), Seed::new(7).of_user(1, 2, 3));
        assert_ne!(seed.of_user(0, 0, 0), Seed::new(8).of_user(0, 0, 0));
    }

    #[test]
    fn neighbours_draw_unrelated_numbers() {
        let first = |number| fastrand::Rng::with_seed(Seed::new(1).of_user(0, number, 0)).f64();
        let mean = (0..10_000).map(first).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        let rising = (0..10_000).filter(|&number| first(number) < first(number + 1));
        assert!(rising.count().abs_diff(5_000) < 250);
    }
}
