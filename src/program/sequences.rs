//! `sequence()`: numbers that no other user of the run gets.

use std::cell::Cell;

/// The sequences of one shard. Shard *s* of *n* hands out *s + 1*, *s + 1 + n*,
/// ..., so that shards share nothing and no number comes twice.
#[derive(Debug, Default)]
pub struct Sequences {
    next: Vec<Cell<i64>>,
    step: i64,
}

impl Sequences {
    /// The sequences of shard `shard` of `shards`, each at its start.
    #[must_use]
    pub fn new(count: usize, shard: usize, shards: usize) -> Self {
        let first = i64::try_from(shard).unwrap_or(0) + 1;
        Self {
            next: vec![Cell::new(first); count],
            step: i64::try_from(shards).unwrap_or(1),
        }
    }

    /// The next number of a sequence; `None` for one that there is not.
    pub(super) fn take(&self, sequence: u16) -> Option<i64> {
        let next = self.next.get(usize::from(sequence))?;
        let number = next.get();
        next.set(number.checked_add(self.step)?);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_the_numbers_without_a_gap() {
        let shards: Vec<_> = (0..3).map(|s| Sequences::new(2, s, 3)).collect();
        let mut found: Vec<_> = (0..30)
            .filter_map(|turn| shards[turn % 3].take(1))
            .collect();
        found.sort_unstable();
        assert_eq!(found, (1..=30).collect::<Vec<_>>());
        assert_eq!(shards[0].take(0), Some(1), "another counts by itself");
        assert_eq!(shards[0].take(2), None);
    }
}
