use proptest::prelude::*;

use super::*;
use crate::model::{Failure, Phases};
use crate::stats::{GroupSample, Heatmap, NameTotals, Recorder, Sample, Totals};

/// A sample: its name, its service time, whether it failed.
type Told = (u16, u64, bool);

const NAMES: usize = 4;

fn interval(names: usize, samples: &[Told]) -> Interval {
    let mut recorder = Recorder::new(names);
    for &(name, us, failed) in samples {
        recorder.record(&Sample {
            name: NameId(name),
            failure: failed.then_some(Failure::Status(500)),
            status: if failed { 500 } else { 200 },
            ended_us: us,
            service_us: (!us.is_multiple_of(11)).then_some(us),
            response_us: us.is_multiple_of(2).then_some(us + 7),
            bytes: us % 1000,
            phases: Phases::default(),
        });
    }
    let mut interval = Interval::default();
    recorder.drain(&mut interval);
    interval
}

fn sum(slices: &[Arc<Slice>], of: Option<NameId>) -> NameTotals {
    let mut sum = NameTotals::default();
    for slice in slices {
        for delta in slice.names() {
            let counts = match of {
                Some(id) => delta.name == Some(id),
                None => delta.counted == crate::stats::Counted::InAll,
            };
            if counts {
                sum.add_of(slice, delta);
            }
        }
    }
    sum
}

fn figures(totals: &NameTotals) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut statuses = totals.statuses.pairs().to_vec();
    statuses.sort_unstable();
    (
        (totals.requests, totals.failures, totals.bytes),
        (totals.timed, totals.sum_us, totals.min_us, totals.max_us),
        (totals.percentiles(), totals.response_percentiles()),
        statuses,
    )
}

fn assert_gapless(slices: &[Arc<Slice>]) {
    assert!(slices.windows(2).all(|two| two[0].to_ms == two[1].from_ms));
}

fn told() -> impl Strategy<Value = Vec<Told>> {
    let us = prop_oneof![0u64..300, 0u64..5_000_000_000];
    let one = (0u16..4, us, proptest::bool::weighted(0.2));
    proptest::collection::vec(one, 0..40)
}

proptest! {
    #[test]
    fn merging_is_associative(a in told(), b in told(), c in told()) {
        let slice = |samples: &[Told]| {
            let mut gathering = SliceBuilder::default();
            gathering.add(&interval(NAMES, samples));
            Arc::new(gathering.close(0, 1))
        };
        let merged = |slices: [&Arc<Slice>; 2]| Arc::new(Slice::merged(&slices.map(Arc::clone), None));
        let [one, two, three] = [slice(&a), slice(&b), slice(&c)];
        let left = merged([&merged([&one, &two]), &three]);
        let right = merged([&one, &merged([&two, &three])]);
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(&*left, &Slice::merged(&[one, two, three], None));
        prop_assert_eq!(left, slice(&[a, b, c].concat()));
    }

    /// However old and however merged: all slices are what was counted.
    #[test]
    fn all_slices_together_are_the_totals(
        seconds in proptest::collection::vec(told(), 1..30),
        stride_s in 1u64..400,
        budget_bytes in prop_oneof![Just(BUDGET_BYTES), 3_000usize..40_000],
    ) {
        let mut archive = Archive::with_budget(0, budget_bytes);
        let mut totals = Totals::new(NAMES);
        for (second, samples) in (1u64..).zip(&seconds) {
            // Two shards, and long stretches in which nothing happens.
            let (some, others) = samples.split_at(samples.len() / 2);
            for part in [some, others] {
                let interval = interval(NAMES, part);
                totals.add(&interval);
                archive.add(&interval);
            }
            archive.close(second * stride_s * 1_000);
        }
        let slices = archive.slices();
        assert_gapless(&slices);
        prop_assert_eq!(figures(&sum(&slices, None)), figures(&totals.all));
        if archive.apart.is_none() {
            for (id, of_name) in (0u16..).zip(&totals.names) {
                prop_assert_eq!(figures(&sum(&slices, Some(NameId(id)))), figures(of_name));
            }
        }
        let heat = Heatmap::new(slices.iter().map(|slice| &**slice), None);
        prop_assert_eq!(heat.columns.len(), slices.len());
        prop_assert_eq!(heat.cells.iter().map(|cell| cell.count).sum::<u64>(), totals.all.timed);
        let failed: u64 = slices.iter().flat_map(|slice| slice.failures()).map(|one| one.count).sum();
        prop_assert_eq!(failed, totals.all.failures);
    }
}

#[test]
fn slices_get_coarser_with_age_and_never_many() {
    let mut archive = Archive::new(0);
    let second = interval(NAMES, &[(0, 5_000, false)]);
    for end_s in 1..=40_000u64 {
        archive.add(&second);
        archive.close(end_s * 1_000);
        if ![1, 599, 700, 4_300, 30_000, 40_000].contains(&end_s) {
            continue;
        }
        let slices = archive.slices();
        assert_gapless(&slices);
        assert!(slices.len() < 1_600, "{} at {end_s} s", slices.len());
        assert_eq!(sum(&slices, None).requests, end_s);
        for slice in slices.iter() {
            let age_s = end_s - slice.to_ms / 1_000;
            let width_s = (slice.to_ms - slice.from_ms) / 1_000;
            let allowed: &[u64] = match age_s {
                0..600 => &[1],
                600..4_200 => &[1, 10],
                _ => &[10, 60, 120],
            };
            assert!(
                allowed.contains(&width_s),
                "{width_s} s at the age of {age_s} s"
            );
        }
    }
}

/// So many names with so many different times that nothing fits.
#[test]
fn a_budget_is_kept_whatever_is_counted() {
    const MANY: u16 = 60;
    const BUDGET: usize = 700_000;
    let mut archive = Archive::with_budget(0, BUDGET);
    let mut requests = 0;
    for end_s in 1..=400u64 {
        let spread = |name: u16| {
            let times = 0..40u64;
            times.map(move |i| (name, 1_000 + 997 * (i * end_s + u64::from(name)), false))
        };
        let samples: Vec<Told> = (0..MANY).flat_map(spread).collect();
        requests += samples.len() as u64;
        archive.add(&interval(usize::from(MANY), &samples));
        archive.close(end_s * 1_000);
        assert!(
            archive.bytes() <= BUDGET,
            "{} at {end_s} s",
            archive.bytes()
        );
    }
    let slices = archive.slices();
    assert_gapless(&slices);
    assert_eq!(sum(&slices, None).requests, requests, "nothing is lost");
    let newest = slices.last().expect("a slice");
    assert_eq!(newest.to_ms - newest.from_ms, 1_000);
    assert!(
        sum(&slices, Some(Slice::OTHER)).requests > 0,
        "names are together"
    );
    assert!(
        archive
            .apart
            .is_some_and(|apart| apart.len() < usize::from(MANY))
    );
}

#[test]
fn the_oldest_are_merged_first() {
    let mut archive = Archive::with_budget(0, 30_000);
    let second = interval(NAMES, &[(0, 5_000, false), (1, 70, true), (2, 900, false)]);
    for end_s in 1..=300u64 {
        archive.add(&second);
        archive.close(end_s * 1_000);
    }
    assert!(archive.apart.is_none(), "every name is told apart");
    let slices = archive.slices();
    let widths: Vec<_> = slices.iter().map(|s| s.to_ms - s.from_ms).collect();
    assert!(
        widths.is_sorted_by(|older, newer| older >= newer),
        "{widths:?}"
    );
    assert_eq!((widths[0] > 1_000, widths.last()), (true, Some(&1_000)));
}

#[test]
fn groups_are_in_no_sum_and_go_first() {
    let mut recorder = Recorder::new(2);
    recorder.record_group(&GroupSample {
        name: NameId(1),
        has_failed: false,
        ended_us: 0,
        took_us: 9_000,
    });
    let mut group = Interval::default();
    recorder.drain(&mut group);
    let mut archive = Archive::new(500);
    archive.add(&group);
    archive.add(&interval(1, &[(0, 5, false)]));
    archive.close(1_000);
    let slices = archive.slices();
    assert_eq!((slices[0].from_ms, slices[0].to_ms), (500, 1_000));
    assert_eq!(sum(&slices, None).requests, 1);
    assert_eq!(sum(&slices, Some(NameId(1))).max_us, Some(9_000));
    let folded = Slice::merged(&slices, Some(&BTreeSet::new()));
    let names: Vec<_> = folded.names().iter().map(|delta| delta.name).collect();
    assert_eq!(names, [Some(Slice::OTHER)]);
}
