//! Virtual slots: how everything that is numbered in a run is split.

use std::sync::Arc;

/// The number of slots. It is divisible by 1 to 6, 8, 10, 12, 15 and 16, so the
/// usual numbers of shards get equal shares.
pub const SLOTS: u16 = 960;

/// The slots of one owner: a process, or a shard of it.
///
/// Whatever has a number, a user of a workload or a task start of an open load,
/// belongs to slot *number* mod [`SLOTS`], and so to the owner of that slot.
/// Owners need no agreement: each knows its own numbers, and together they have
/// every number once, also where their shares differ.
///
/// All operations take constant time and allocate nothing, unless they say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The owned slots, ascending.
    owned: Arc<[u16]>,
    /// How many owned slots there are below each slot, and below [`SLOTS`].
    below: Arc<[u16]>,
}

impl Slots {
    /// All slots. Allocates.
    #[must_use]
    pub fn all() -> Self {
        Self::new((0..SLOTS).collect())
    }

    /// Owned slots in ascending order.
    fn new(owned: Vec<u16>) -> Self {
        let mut below = vec![0; usize::from(SLOTS) + 1];
        for &slot in &owned {
            below[usize::from(slot) + 1] = 1;
        }
        let mut sum = 0;
        for count in &mut below {
            sum += *count;
            *count = sum;
        }
        Self {
            owned: owned.into(),
            below: below.into(),
        }
    }

    /// The share of owner `index` when these slots are dealt to `owners` one by
    /// one: neighbouring numbers go to different owners. An owner beyond the
    /// last gets none. Allocates.
    #[must_use]
    pub fn dealt(&self, index: usize, owners: usize) -> Self {
        let slots = self.owned.iter().enumerate();
        let slots = slots.filter(|(at, _)| at.checked_rem(owners) == Some(index));
        Self::new(slots.map(|(_, &slot)| slot).collect())
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.owned.is_empty()
    }

    /// The lowest slot. It tells owners apart.
    #[must_use]
    pub fn first(&self) -> Option<u16> {
        self.owned.first().copied()
    }

    /// Their share of all slots, 0 to 1: the thinning of a Poisson process.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        f64::from(self.below[usize::from(SLOTS)]) / f64::from(SLOTS)
    }

    /// How many numbers below `end` belong to these slots. It is also the
    /// position of the first of them that is not below `end`.
    #[must_use]
    pub fn count_below(&self, end: u64) -> u64 {
        let slots = u64::from(SLOTS);
        let rest = usize::try_from(end % slots).unwrap_or(0);
        (end / slots) * self.owned.len() as u64 + u64::from(self.below[rest])
    }

    /// The number at a position, counted from 0, among those that belong to
    /// these slots. `None` without slots, and beyond the largest number.
    #[must_use]
    pub fn number_at(&self, position: u64) -> Option<u64> {
        let owned = self.owned.len() as u64;
        let rounds = position.checked_div(owned)?;
        let slot = usize::try_from(position % owned).ok()?;
        let slot = self.owned.get(slot)?;
        rounds
            .checked_mul(u64::from(SLOTS))?
            .checked_add(u64::from(*slot))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The shares of so many owners.
    fn shares(owners: usize) -> Vec<Slots> {
        let all = Slots::all();
        (0..owners).map(|index| all.dealt(index, owners)).collect()
    }

    #[test]
    fn a_few_users_spread_over_the_shards() {
        for owners in [1, 2, 3, 7, 16] {
            let counts: Vec<_> = shares(owners)
                .iter()
                .map(|share| share.count_below(10))
                .collect();
            let (most, fewest) = (counts.iter().max(), counts.iter().min());
            assert!(
                most.zip(fewest)
                    .is_some_and(|(most, fewest)| most - fewest <= 1)
            );
            assert_eq!(counts.iter().sum::<u64>(), 10, "{owners} shards");
        }
    }

    #[test]
    fn the_owner_is_the_slots_even_where_shares_are_unequal() {
        // 960 = 7 * 137 + 1: the first shard has one slot more.
        let seven = shares(7);
        assert_eq!(seven[0].number_at(137), Some(959));
        assert_eq!(seven[0].number_at(138), Some(960));
        assert_eq!(seven[1].number_at(137), Some(961));
        assert_eq!(seven[6].first(), Some(6));
    }

    #[test]
    fn an_owner_without_slots_owns_nothing() {
        for none in [Slots::all().dealt(960, 1_000), Slots::all().dealt(2, 2)] {
            assert!(none.is_empty());
            assert_eq!(none.number_at(0), None);
            assert_eq!(none.count_below(u64::MAX), 0);
            assert!(none.fraction() < f64::EPSILON);
        }
        assert!(Slots::all().dealt(0, 0).is_empty());
        assert_eq!(Slots::all().number_at(u64::MAX), Some(u64::MAX));
    }

    proptest! {
        /// Also where slots were dealt twice, to machines and then to their shards,
        /// and in unequal shares.
        #[test]
        fn every_number_has_one_owner(
            owner_of in proptest::collection::vec(0_usize..5, usize::from(SLOTS)),
            shards in 1_usize..17, end in 0_u64..20_000,
        ) {
            let machines = (0..5).map(|machine| {
                let slots = (0..SLOTS).filter(|&slot| owner_of[usize::from(slot)] == machine);
                Slots::new(slots.collect())
            });
            let mut found = Vec::new();
            let (mut counted, mut whole) = (0, 0.0);
            for machine in machines {
                for share in (0..shards).map(|index| machine.dealt(index, shards)) {
                    let count = share.count_below(end);
                    for position in 0..count {
                        let number = share.number_at(position).expect("owned");
                        prop_assert!(number < end);
                        prop_assert_eq!(share.count_below(number), position);
                        found.push(number);
                    }
                    prop_assert!(share.number_at(count).is_none_or(|next| next >= end));
                    counted += count;
                    whole += share.fraction();
                }
            }
            found.sort_unstable();
            prop_assert_eq!(counted, end);
            prop_assert_eq!(found, (0..end).collect::<Vec<_>>());
            prop_assert!((whole - 1.0_f64).abs() < 1e-9);
        }

        #[test]
        fn users_are_spread_within_one_of_each_other(shards in 1_usize..17, users in 0_u64..960) {
            let counts: Vec<_> = shares(shards).iter().map(|share| share.count_below(users)).collect();
            let (most, fewest) = (counts.iter().max(), counts.iter().min());
            prop_assert!(most.zip(fewest).is_some_and(|(most, fewest)| most - fewest <= 1));
        }
    }
}
