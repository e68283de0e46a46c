//! `sequence()`: numbers that no other user of the run gets.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Slots;

/// The sequences of a run, from which all shards of a process take: a counter
/// each, touched only where a scenario asks for it, so that the numbers come in
/// order and without a gap however users are spread over shards.
///
/// Of a sequence a process has the numbers of its slots: 1, 2, 3, ... where it
/// has all.
#[derive(Debug, Default)]
pub struct Sequences(Box<[Sequence]>);

#[derive(Debug)]
struct Sequence {
    /// How many of its numbers were taken. Nothing else is handed over through
    /// it, hence relaxed ordering.
    taken: AtomicU64,
    slots: Slots,
}

impl Sequences {
    /// So many sequences, each at its start, for a process with these slots.
    #[must_use]
    pub fn new(count: usize, slots: &Slots) -> Self {
        let at_start = || Sequence {
            taken: AtomicU64::new(0),
            slots: slots.clone(),
        };
        Self(std::iter::repeat_with(at_start).take(count).collect())
    }

    /// The next number of a sequence; `None` for one that there is not.
    pub(crate) fn take(&self, sequence: u16) -> Option<i64> {
        let sequence = self.0.get(usize::from(sequence))?;
        let position = sequence.taken.fetch_add(1, Ordering::Relaxed);
        let number = sequence.slots.number_at(position)?;
        i64::try_from(number).ok()?.checked_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_order_and_each_sequence_counts_by_itself() {
        let sequences = Sequences::new(2, &Slots::all());
        let found: Vec<_> = (0..2_000).filter_map(|_| sequences.take(1)).collect();
        assert_eq!(found, (1..=2_000).collect::<Vec<_>>());
        assert_eq!(sequences.take(0), Some(1));
        assert_eq!(sequences.take(2), None);
    }

    #[test]
    fn processes_with_different_slots_never_give_the_same_number() {
        let mut found: Vec<_> = (0..3)
            .map(|process| Sequences::new(1, &Slots::all().dealt(process, 3)))
            .flat_map(|process| {
                (0..700)
                    .filter_map(move |_| process.take(0))
                    .collect::<Vec<_>>()
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), 2_100);
        assert_eq!(found.first(), Some(&1));
    }
}
