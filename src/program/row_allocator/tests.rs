use proptest::prelude::*;

use super::*;
use crate::program::feed::{Cell, RowPer, Rows};

const FEED: FeedId = FeedId(0);

fn allocator(rows: usize, pick: RowPick, at_end: AtEnd) -> RowAllocator {
    let mut table = Rows::new(vec!["a".into()]);
    for _ in 0..rows {
        table.push([Cell::Text("")]).expect("few");
    }
    RowAllocator::new(&[Arc::new(Feed {
        name: "f".to_owned(),
        pick,
        per: RowPer::User,
        at_end,
        rows: table,
    })])
}

fn take(allocator: &RowAllocator) -> Option<u32> {
    allocator.take(FEED, &mut fastrand::Rng::with_seed(1))
}

#[test]
fn rows_come_in_order_and_again() {
    let cyclic = allocator(3, RowPick::Sequential, AtEnd::Again);
    let found: Vec<_> = (0..8).filter_map(|_| take(&cyclic)).collect();
    assert_eq!(found, [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(take(&allocator(0, RowPick::Sequential, AtEnd::Again)), None);
}

#[test]
fn rows_come_once_where_they_are_to_end() {
    for at_end in [AtEnd::Stop, AtEnd::Fail] {
        let once = allocator(130, RowPick::Sequential, at_end);
        let found: Vec<_> = (0..130).filter_map(|_| take(&once)).collect();
        assert_eq!(found, (0..130).collect::<Vec<_>>());
        assert_eq!(take(&once), None);
        once.give_back(FEED, 5);
        assert_eq!(take(&once), None, "only unique rows come back");
    }
}

#[test]
fn a_unique_row_that_was_given_back_waits_for_its_turn() {
    let unique = allocator(130, RowPick::Unique, AtEnd::Fail);
    assert_eq!(take(&unique), Some(0));
    unique.give_back(FEED, 0);
    let found: Vec<_> = (0..130).filter_map(|_| take(&unique)).collect();
    let expected: Vec<_> = (1..130).chain([0]).collect();
    assert_eq!(found, expected);
    assert_eq!(take(&unique), None);
    for row in [77, 3, 129] {
        unique.give_back(FEED, row);
    }
    unique.give_back(FEED, 129);
    let found: Vec<_> = (0..4).map(|_| take(&unique)).collect();
    assert_eq!(found, [Some(3), Some(77), Some(129), None]);
    unique.give_back(FEED, 1_000);
    assert_eq!(take(&unique), None);
}

/// A user that takes a row for each task uses all of them, not only one.
#[test]
fn one_user_goes_through_all_unique_rows() {
    let unique = allocator(3, RowPick::Unique, AtEnd::Stop);
    let found: Vec<_> = (0..7)
        .filter_map(|_| {
            let row = take(&unique)?;
            unique.give_back(FEED, row);
            Some(row)
        })
        .collect();
    assert_eq!(found, [0, 1, 2, 0, 1, 2, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is taken and given back in whatever order: no row is held
    /// twice, and one is refused only when all are held.
    #[test]
    fn unique_rows_are_unique(
        rows in 1_usize..200,
        turns in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 1..600),
    ) {
        let unique = allocator(rows, RowPick::Unique, AtEnd::Fail);
        let mut held = Vec::new();
        for (takes, which) in turns {
            if takes {
                match take(&unique) {
                    Some(row) => {
                        prop_assert!((row as usize) < rows);
                        prop_assert!(!held.contains(&row));
                        held.push(row);
                    }
                    None => prop_assert_eq!(held.len(), rows),
                }
            } else if !held.is_empty() {
                unique.give_back(FEED, held.swap_remove(which.index(held.len())));
            }
        }
    }
}
