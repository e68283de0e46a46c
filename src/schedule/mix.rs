//! Which user is of which class.

use crate::model::{ClassId, Population};

/// A fixed sequence of classes: user number `i` is always of the same class.
///
/// Fixed counts come first, each class's users in a row; after them every
/// user is of the class that is furthest below its share by weight, so that
/// any number of users is as close to the weights as whole users allow.
#[derive(Clone, Debug)]
pub struct Mix {
    fixed: Vec<(ClassId, u32)>,
    weighted: Vec<(ClassId, u32)>,
    counts: Vec<u32>,
    sequence: Vec<ClassId>,
}

impl Mix {
    /// A mix over the classes in their order. A weight or count of 0 leaves a class out.
    pub(crate) fn new(populations: &[Population]) -> Self {
        let mut fixed = Vec::new();
        let mut weighted = Vec::new();
        for (index, population) in populations.iter().enumerate() {
            let class = ClassId::from(index);
            match *population {
                Population::Fixed(0) | Population::Weight(0) => {}
                Population::Fixed(count) => fixed.push((class, count)),
                Population::Weight(weight) => weighted.push((class, weight)),
            }
        }
        let counts = vec![0; weighted.len()];
        Self {
            fixed,
            weighted,
            counts,
            sequence: Vec::new(),
        }
    }

    /// The most users there can be: the sum of the fixed counts if no class
    /// has a weight, else no limit.
    pub(crate) fn capacity(&self) -> Option<u32> {
        self.weighted.is_empty().then(|| {
            self.fixed
                .iter()
                .map(|&(_, count)| count)
                .fold(0, u32::saturating_add)
        })
    }

    /// The class of a user; `None` beyond [`capacity`](Self::capacity).
    ///
    /// Cost: constant on average; the sequence of weighted users is kept (2 bytes each).
    pub(crate) fn class_of(&mut self, user: u32) -> Option<ClassId> {
        let mut rest = user;
        for &(class, count) in &self.fixed {
            if rest < count {
                return Some(class);
            }
            rest -= count;
        }
        if self.weighted.is_empty() {
            return None;
        }
        let rest = rest as usize;
        while self.sequence.len() <= rest {
            let next = self.furthest_below();
            self.counts[next] += 1;
            self.sequence.push(self.weighted[next].0);
        }
        Some(self.sequence[rest])
    }

    /// The weighted class that lags its share most; the first of equals.
    fn furthest_below(&self) -> usize {
        let weights: u64 = self
            .weighted
            .iter()
            .map(|&(_, weight)| u64::from(weight))
            .sum();
        let users = self.sequence.len() as u64 + 1;
        let lag = |index: usize| {
            let due = i128::from(users) * i128::from(self.weighted[index].1);
            due - i128::from(self.counts[index]) * i128::from(weights)
        };
        (0..self.weighted.len())
            .rev()
            .max_by_key(|&index| lag(index))
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fixed_counts_come_first_and_cap_a_mix_without_weights() {
        let mut mix = Mix::new(&[Population::Weight(1), Population::Fixed(2)]);
        let classes: Vec<_> = (0..4).filter_map(|user| mix.class_of(user)).collect();
        assert_eq!(classes, [ClassId(1), ClassId(1), ClassId(0), ClassId(0)]);
        assert_eq!(mix.capacity(), None);

        let mut only_fixed = Mix::new(&[Population::Fixed(3), Population::Weight(0)]);
        assert_eq!(only_fixed.capacity(), Some(3));
        assert_eq!(only_fixed.class_of(3), None);
    }

    proptest! {
        #[test]
        fn every_prefix_follows_the_weights(weights in proptest::collection::vec(1u32..20, 1..6), users in 1u32..500) {
            let populations: Vec<_> = weights.iter().map(|&w| Population::Weight(w)).collect();
            let mut mix = Mix::new(&populations);
            let mut counts = vec![0u32; weights.len()];
            for user in 0..users {
                counts[mix.class_of(user).expect("weighted").index()] += 1;
            }
            let all: u32 = weights.iter().sum();
            for (count, weight) in counts.iter().zip(&weights) {
                let share = f64::from(users) * f64::from(*weight) / f64::from(all);
                prop_assert!((f64::from(*count) - share).abs() <= weights.len() as f64, "{count} for a share of {share}");
            }
        }
    }
}
