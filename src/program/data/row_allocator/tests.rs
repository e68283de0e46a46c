use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::prelude::*;

use super::*;
use crate::program::data::feed::{Cell, RowPer, Rows};

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

/// What several threads take at the same time.
fn taken_at_once(allocator: &RowAllocator, threads: usize, each: usize) -> Vec<u32> {
    let all = || {
        (0..each)
            .filter_map(|_| take(allocator))
            .collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(all)).collect();
        let taken = threads.into_iter().map(|one| one.join().expect("no panic"));
        taken.flatten().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_dealt_evenly_and_once(
        rows in 1_usize..200, shards in 1_usize..17, each in 1_usize..40,
        (pick, at_end) in prop_oneof![
            Just((RowPick::Sequential, AtEnd::Again)), Just((RowPick::Sequential, AtEnd::Stop)),
            Just((RowPick::Sequential, AtEnd::Fail)), Just((RowPick::Unique, AtEnd::Stop)),
            Just((RowPick::Unique, AtEnd::Fail)),
        ],
    ) {
        let taken = taken_at_once(&allocator(rows, pick, at_end), shards, each);
        let wanted = shards * each;
        let mut uses = vec![0_usize; rows];
        taken.iter().for_each(|&row| uses[row as usize] += 1);
        let expected = |row| match at_end {
            AtEnd::Again => wanted / rows + usize::from(row < wanted % rows),
            AtEnd::Stop | AtEnd::Fail => usize::from(row < wanted),
        };
        prop_assert_eq!(uses, (0..rows).map(expected).collect::<Vec<_>>());
    }
}

#[test]
fn threads_that_give_back_and_take_never_hold_a_row_twice() {
    const ROWS: usize = 70;
    let unique = allocator(ROWS, RowPick::Unique, AtEnd::Fail);
    let holders: Vec<AtomicUsize> = (0..ROWS).map(|_| AtomicUsize::new(0)).collect();
    let give_back = |row: u32| {
        holders[row as usize].fetch_sub(1, Ordering::SeqCst);
        unique.give_back(FEED, row);
    };
    let use_rows = |seed| {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut held = VecDeque::new();
        for _ in 0..20_000 {
            // Four threads with up to 20 rows each want more than there are.
            if held.len() < 20 && rng.bool() {
                let Some(row) = take(&unique) else { continue };
                let others = holders[row as usize].fetch_add(1, Ordering::SeqCst);
                assert_eq!(others, 0, "row {row}");
                held.push_back(row);
            } else if let Some(row) = held.pop_front() {
                give_back(row);
            }
        }
        held.into_iter().for_each(give_back);
    };
    thread::scope(|scope| {
        for seed in 0..4 {
            scope.spawn(move || use_rows(seed));
        }
    });
    let all: BTreeSet<_> = (0..ROWS).filter_map(|_| take(&unique)).collect();
    assert_eq!(all.len(), ROWS, "all came back");
}
