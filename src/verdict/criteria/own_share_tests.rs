//! Criteria over seconds in which few requests ended, or the generator itself
//! was late.

use proptest::prelude::*;

use super::tests::{ANY, Timeline, criterion, requests, stands};
use crate::model::{Comparison, Criterion, CriterionWindow, Metric, Outcome};
use crate::stats::{Delay, Gap, Recorder};
use crate::verdict::Standing;
use Comparison::{AtLeast, AtMost, Equal, Greater, Less};
use Standing::{AtRisk, Broken, Disturbed, Met, Undecided};

#[test]
fn too_few_samples_decide_nothing() {
    let quantile = |share, value| {
        criterion(
            Metric::Quantile(ANY, share),
            Less,
            value,
            CriterionWindow::Whole,
        )
    };
    for (share, needed) in [(0.5, 20), (0.99, 1_000), (0.999, 10_000), (0.9999, 100_000)] {
        let end = |value, samples| stands(quantile(share, value), &[(samples, 0, 5)]).1;
        assert_eq!(end(1e9, needed - 1), Undecided, "{share}");
        assert_eq!(end(1e9, needed), Met, "{share}");
        assert_eq!(end(1.0, needed), Broken, "{share}");
        assert_eq!(end(1.0, needed - 1), Broken, "all of them miss it");
    }
    let mut course = Timeline::new(quantile(0.99, 1e6), 0);
    course.second((312, 0, 5));
    assert_eq!(
        course.line(true).note.as_deref(),
        Some("312 of 1,000 samples: run for about 4 s, use a lower percentile, or use `max`")
    );
    assert_eq!(
        course.line(false).note.as_deref(),
        Some("312 of 1,000 samples")
    );
    // Nothing happened: what asks for something is missed, what forbids it is not praised.
    for (metric, op, value, expected) in [
        (Metric::Requests, AtLeast, 1.0, Broken),
        (Metric::Rps(Outcome::Any), Greater, 0.0, Broken),
        (Metric::Failures, AtMost, 5.0, Undecided),
        (Metric::Success, Equal, 1.0, Undecided),
        (Metric::Max(ANY), Less, 1e6, Undecided),
        (Metric::UsersFailed, Equal, 0.0, Undecided),
        (Metric::Probe("a.b".to_owned()), Less, 1.0, Undecided),
    ] {
        let of = criterion(metric.clone(), op, value, CriterionWindow::Whole);
        assert_eq!(stands(of, &[(0, 0, 0)]).1, expected, "{metric:?}");
    }
}

/// A quantile criterion on so many fast and slow requests a second.
fn quantile_of(criterion: Criterion, seconds: &[(u64, u64)]) -> (Standing, Standing) {
    let mut course = Timeline::new(criterion, 0);
    for &(fast, slow) in seconds {
        let mut recorder = Recorder::new(1);
        requests(&mut recorder, 0, fast, 0, 20);
        requests(&mut recorder, 0, slow, 0, 2_000);
        course.take(recorder);
    }
    (course.line(false).standing, course.line(true).standing)
}

#[test]
fn what_few_samples_show_beyond_doubt_is_broken() {
    let p99 = |op, window| criterion(Metric::Quantile(ANY, 0.99), op, 500_000.0, window);
    let whole = |seconds: &[(u64, u64)]| quantile_of(p99(Less, CriterionWindow::Whole), seconds);
    assert_eq!(whole(&[(0, 70)]), (AtRisk, Broken), "live it is at risk");
    assert_eq!(whole(&[(32, 3), (32, 3)]), (AtRisk, Broken), "6 of 70");
    assert_eq!(whole(&[(64, 6)]).1, Undecided, "one hiccup");
    assert_eq!(
        whole(&[(34, 1), (34, 1)]).1,
        Undecided,
        "2 of 70 may be chance"
    );
    assert_eq!(
        whole(&[(999, 6), (0, 1)]).1,
        Met,
        "with 1,000 the figure decides"
    );
    let mut course = Timeline::new(p99(Less, CriterionWindow::Whole), 0);
    course.second((70, 0, 2_000));
    assert_eq!(
        course.line(true).note.as_deref(),
        Some("70 of 70 samples over the limit: too many to be chance")
    );
    // On the other side it takes more: nearly all may miss it.
    let above = |seconds: &[(u64, u64)]| quantile_of(p99(Greater, CriterionWindow::Whole), seconds);
    assert_eq!(above(&[(400, 0)]).1, Undecided);
    assert_eq!(above(&[(500, 0)]).1, Broken);
    // A stretch, of which there are many, has to be more improbable.
    let every = |seconds: &[(u64, u64)]| quantile_of(p99(Less, CriterionWindow::Every(2)), seconds);
    assert_eq!(every(&[(33, 2), (33, 2)]).1, Undecided, "4 of 70");
    assert_eq!(every(&[(33, 2), (32, 3)]), (Broken, Broken), "5 of 70");
    // Seconds can be sure to miss it as well.
    let share =
        |seconds: &[(u64, u64)]| quantile_of(p99(Less, CriterionWindow::InSeconds(0.9)), seconds).1;
    assert_eq!(share(&[(50, 0); 10]), Undecided);
    assert_eq!(share(&[(0, 50); 10]), Broken);
    let sustained =
        |seconds: &[(u64, u64)]| quantile_of(p99(Less, CriterionWindow::Sustained(3)), seconds).1;
    let (few, slow) = ((50, 0), (0, 50));
    assert_eq!(
        sustained(&[slow, few, few, slow, few]),
        Broken,
        "three are nowhere possible"
    );
    assert_eq!(sustained(&[slow, few, few, few, slow]), Undecided);
}

/// A second: requests, milliseconds that each takes, and how late the
/// generator itself was in it.
type LateSecond = (u64, u64, u64);

/// A run in whose seconds the generator was late.
fn late_run(criterion: Criterion, seconds: &[LateSecond]) -> Timeline {
    let mut course = Timeline::new(criterion, 0);
    for &(requests, took_ms, late_ms) in seconds {
        course.delays.add(&Delay {
            largest_us: late_ms * 1_000,
            ..Delay::default()
        });
        course.second((requests, 0, took_ms));
    }
    course
}

#[test]
fn what_both_views_say_stands_however_noisy_the_run() {
    let p99 = |limit_ms: f64| {
        criterion(
            Metric::Quantile(ANY, 0.99),
            Less,
            limit_ms * 1e3,
            CriterionWindow::Whole,
        )
    };
    let noisy = [(200, 400, 60); 10];
    let stands = |limit_ms| late_run(p99(limit_ms), &noisy).line(true);
    let met = stands(500.0);
    assert_eq!((met.standing, met.note.as_deref()), (Met, None));
    let own_us = met.own_us.expect("a time");
    assert!((59_000..=121_000).contains(&own_us), "{own_us}");
    assert_eq!(
        stands(200.0).standing,
        Broken,
        "280 ms without the delays, too"
    );
    let unsure = stands(350.0);
    assert_eq!(unsure.standing, Disturbed);
    let note = unsure.note.expect("why");
    assert!(note.ends_with(" ms without generator delay"), "{note}");
    assert_eq!(
        late_run(p99(350.0), &noisy).line(false).standing,
        AtRisk,
        "live"
    );
}

#[test]
fn disturbed_seconds_are_left_out_where_they_decide() {
    let max = criterion(Metric::Max(ANY), Less, 300_000.0, CriterionWindow::Whole);
    let run = |slow: LateSecond| {
        let mut run = vec![(50, 20, 1); 20];
        run[9] = slow;
        run
    };
    // A stop of 300 ms: what it made slow is left out, with the second after it.
    let stopped = late_run(max.clone(), &run((50, 315, 300))).line(true);
    assert_eq!(stopped.standing, Met);
    assert_eq!(stopped.value, Some(20_000.0));
    assert_eq!(
        stopped.note.as_deref(),
        Some("excluding 1 s in which the generator was late")
    );
    // It does not hide what the target did in another second.
    let mut slow_target = run((50, 315, 300));
    slow_target[15] = (50, 900, 1);
    assert_eq!(
        late_run(max.clone(), &slow_target).line(true).standing,
        Broken
    );
    // Nor in the same one, where the generator's share does not explain it.
    assert_eq!(
        late_run(max.clone(), &run((50, 900, 300)))
            .line(true)
            .standing,
        Broken
    );
    // Too many such seconds are no run to judge by.
    let mut often = run((50, 315, 300));
    often[14] = (50, 315, 300);
    assert_eq!(late_run(max.clone(), &often).line(true).standing, Disturbed);
    let long = [often.clone(), vec![(50, 20, 1); 20]].concat();
    assert_eq!(
        late_run(max, &long).line(true).standing,
        Met,
        "5 % of 40 s are two"
    );
    // What is a count is never left out.
    let failures = criterion(Metric::Failures, Equal, 0.0, CriterionWindow::Whole);
    let mut course = late_run(failures, &often);
    course.delays.add(&Delay {
        largest_us: 900_000,
        ..Delay::default()
    });
    course.second((0, 1, 20));
    assert_eq!(course.line(true).standing, Broken);
}

#[test]
fn windows_leave_disturbed_seconds_out_as_well() {
    let p50 = |window| criterion(Metric::Quantile(ANY, 0.5), Less, 200_000.0, window);
    let (fine, late) = ((40, 20, 1), (40, 250, 100));
    let mut run = vec![fine; 20];
    run[9] = late;
    assert_eq!(
        late_run(p50(CriterionWindow::Every(4)), &run)
            .line(true)
            .standing,
        Met
    );
    assert_eq!(
        late_run(p50(CriterionWindow::Every(1)), &run)
            .line(true)
            .standing,
        Disturbed
    );
    assert_eq!(
        late_run(p50(CriterionWindow::InSeconds(1.0)), &run)
            .line(true)
            .standing,
        Met
    );
    assert_eq!(
        late_run(p50(CriterionWindow::InSeconds(0.9)), &run)
            .line(true)
            .note,
        None
    );
    assert_eq!(
        late_run(p50(CriterionWindow::Sustained(15)), &run)
            .line(true)
            .standing,
        Met
    );
    run[12] = late;
    assert_eq!(
        late_run(p50(CriterionWindow::InSeconds(1.0)), &run)
            .line(true)
            .standing,
        Disturbed
    );
    assert_eq!(
        late_run(p50(CriterionWindow::Sustained(15)), &run)
            .line(true)
            .standing,
        Disturbed
    );
    run.iter_mut().for_each(|second| second.1 = 900);
    assert_eq!(
        late_run(p50(CriterionWindow::InSeconds(1.0)), &run)
            .line(true)
            .standing,
        Broken
    );
    assert_eq!(
        late_run(p50(CriterionWindow::Sustained(15)), &run)
            .line(true)
            .standing,
        Broken
    );
}

#[test]
fn rates_are_judged_without_the_gaps() {
    let rps = |value| {
        criterion(
            Metric::Rps(Outcome::Any),
            AtLeast,
            value,
            CriterionWindow::Whole,
        )
    };
    let mut run = vec![(50, 20, 1); 30];
    run[9] = (30, 20, 400);
    let stands = |value, gaps: &[(u64, u64)]| {
        let mut course = Timeline::new(rps(value), 0);
        for &(from_ms, to_ms) in gaps {
            course.delays.add_gap(Gap {
                from_us: from_ms * 1_000,
                to_us: to_ms * 1_000,
            });
        }
        for &(requests, took_ms, _) in &run {
            course.second((requests, 0, took_ms));
        }
        course.line(true)
    };
    let gap = [(9_300, 9_700)];
    assert_eq!(stands(50.0, &[]).standing, Broken, "49.3 a second");
    let without = stands(50.0, &gap);
    assert_eq!((without.standing, without.value), (Met, Some(50.0)));
    assert_eq!(stands(49.0, &gap).note, None, "both say the same");
    assert_eq!(stands(60.0, &gap).standing, Broken);
    let often = [(9_300, 9_700), (12_000, 12_400), (15_000, 15_400)];
    assert_eq!(stands(50.0, &often).standing, Disturbed);
}

#[test]
fn a_long_sample_is_overstated_by_all_the_seconds_it_spans() {
    let max = criterion(Metric::Max(ANY), Less, 2_500_000.0, CriterionWindow::Whole);
    let mut run = vec![(50, 20, 1); 60];
    run[20] = (50, 20, 1_000);
    run[22] = (50, 3_000, 1);
    let line = late_run(max, &run).line(true);
    assert_eq!(line.standing, Disturbed, "it may be 2 s only: {line:?}");
    assert!(line.own_us.is_some_and(|us| us >= 1_000_000), "{line:?}");
}

proptest! {
    /// A criterion stands as if nothing had been late, or not at all: the
    /// generator's delays never turn one answer into the other.
    #[test]
    fn delays_never_turn_an_answer_round(
        seconds in proptest::collection::vec((20u64..60, 1u64..600, proptest::sample::select(vec![0u64, 0, 0, 5, 40, 300])), 1..60),
        limit_ms in 50u32..500,
        quantile in proptest::sample::select(vec![0.5, 0.95]),
    ) {
        let of = criterion(Metric::Quantile(ANY, quantile), Less, f64::from(limit_ms) * 1e3, CriterionWindow::Whole);
        let truth: Vec<_> = seconds.iter().map(|&(requests, took_ms, _)| (requests, took_ms, 0)).collect();
        let truth = late_run(of.clone(), &truth).line(true).standing;
        // Each request of a second takes longer by at most the delay in it.
        let measured: Vec<_> = seconds.iter().map(|&(requests, took_ms, late_ms)| (requests, took_ms + late_ms, late_ms)).collect();
        let said = late_run(of, &measured).line(true);
        let left_out = said.note.as_deref().is_some_and(|note| note.contains("excluding "));
        let is_right = said.standing == truth || said.standing == Disturbed || left_out || truth == Undecided;
        prop_assert!(is_right, "{:?}, and it is {:?}", said, truth);
    }
}
