//! Criteria over made-up seconds.

use std::time::Duration;

use proptest::prelude::*;

use super::{Moment, Watch};
use crate::model::{
    Clocked, Comparison, Criteria, Criterion, Failure, Metric, NameId, Outcome, Phases, Selector,
    Stretch, TimeKind,
};
use crate::stats::{Counts, Delay, Delays, Gap, Interval, Recorder, Sample};
use crate::verdict::{CriterionLine, Standing};
use Comparison::{AtLeast, AtMost, Equal, Greater, Less};
use Standing::{AtRisk, Broken, Disturbed, Met, Undecided};

const ANY: Clocked = Clocked::SERVICE;
const RESPONSE: Clocked = Clocked {
    time: TimeKind::Response,
    outcome: Outcome::Any,
};

fn only(outcome: Outcome) -> Clocked {
    Clocked { outcome, ..ANY }
}

fn criterion(metric: Metric, op: Comparison, value: f64, window: Stretch) -> Criterion {
    Criterion {
        text: "it".to_owned(),
        metric,
        of: Selector::All,
        op,
        value,
        window,
        abort: false,
    }
}

/// So many successes and failures of a row, each taking so many milliseconds.
fn requests(recorder: &mut Recorder, name: u16, ok: u64, failed: u64, took_ms: u64) {
    for at in 0..ok + failed {
        let failure = (at >= ok).then_some(Failure::Status(503));
        recorder.record(&Sample {
            name: NameId(name),
            failure,
            status: if failure.is_some() { 503 } else { 200 },
            ended_us: 0,
            service_us: Some(took_ms * 1_000),
            response_us: Some(took_ms * 2_000),
            bytes: 0,
            phases: Phases::default(),
        });
    }
}

fn drained(mut recorder: Recorder) -> Interval {
    let mut interval = Interval::default();
    recorder.drain(&mut interval);
    interval
}

/// A second: successes, failures, milliseconds that each takes.
type Second = (u64, u64, u64);

/// A run with one criterion.
struct Course {
    watch: Watch,
    end_s: u64,
    counts: Counts,
    reading: Option<f64>,
    delays: Delays,
}

impl Course {
    fn new(criterion: Criterion, after_s: u64) -> Self {
        let criteria = Criteria {
            after: Duration::from_secs(after_s),
            list: vec![criterion],
            ..Criteria::default()
        };
        Self {
            watch: Watch::new(&criteria, &[None]),
            end_s: 0,
            counts: Counts::default(),
            reading: None,
            delays: Delays::default(),
        }
    }

    fn second(&mut self, (ok, failed, took_ms): Second) {
        let mut recorder = Recorder::new(1);
        requests(&mut recorder, 0, ok, failed, took_ms);
        self.take(recorder);
    }

    fn take(&mut self, recorder: Recorder) {
        self.watch.add(&drained(recorder));
        self.end_s += 1;
        let reading = self.reading;
        self.delays.close_second(self.end_s);
        let delays = &self.delays;
        self.watch
            .close_second(self.end_s, true, &|_| reading, delays);
    }

    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    fn line(&self, ended: bool) -> CriterionLine {
        let moment = Moment {
            elapsed_s: self.end_s as f64,
            counted_from_s: 0.0,
            ended,
            counts: &self.counts,
            delays: &self.delays,
        };
        self.watch.lines(&moment).remove(0)
    }

    fn figure(&self) -> String {
        self.line(true).figure.unwrap_or_default()
    }
}

/// How a criterion stands while its run goes on, and at its end.
fn stands(criterion: Criterion, seconds: &[Second]) -> (Standing, Standing, String) {
    let mut course = Course::new(criterion, 0);
    seconds.iter().for_each(|second| course.second(*second));
    let (now, then) = (course.line(false), course.line(true));
    (now.standing, then.standing, then.figure.unwrap_or_default())
}

#[test]
fn every_metric_over_the_whole_run() {
    let run: Vec<Second> = [vec![(100, 0, 100); 19], vec![(80, 20, 400)]].concat();
    for (metric, op, value, expected, figure) in [
        (Metric::Requests, AtLeast, 2_000.0, Met, "2,000"),
        (Metric::Requests, AtLeast, 2_001.0, Broken, "2,000"),
        (Metric::Failures, AtMost, 20.0, Met, "20"),
        (Metric::Failures, AtMost, 19.0, Broken, "20"),
        (Metric::Success, AtLeast, 0.99, Met, "99 %"),
        (Metric::Success, AtLeast, 0.9901, Broken, "99 %"),
        (Metric::Rps(Outcome::Any), AtLeast, 100.0, Met, "100/s"),
        (Metric::Rps(Outcome::Ok), AtLeast, 99.5, Broken, "99/s"),
        (Metric::Rps(Outcome::Failed), AtMost, 1.0, Met, "1/s"),
        (Metric::Mean(ANY), Less, 115_001.0, Met, "115 ms"),
        (
            Metric::Mean(only(Outcome::Failed)),
            Less,
            300_000.0,
            Broken,
            "400 ms",
        ),
        (Metric::Mean(RESPONSE), Less, 231_000.0, Met, "230 ms"),
        (Metric::Max(ANY), AtMost, 400_000.0, Met, "400 ms"),
        (
            Metric::Max(only(Outcome::Ok)),
            Less,
            400_000.0,
            Broken,
            "400 ms",
        ),
        (Metric::Quantile(ANY, 0.5), Less, 101_000.0, Met, "100 ms"),
        (
            Metric::Quantile(ANY, 0.99),
            Less,
            400_000.0,
            Broken,
            "400 ms",
        ),
        (
            Metric::Quantile(RESPONSE, 0.5),
            Less,
            200_000.0,
            Broken,
            "200 ms",
        ),
        (
            Metric::Quantile(only(Outcome::Ok), 0.95),
            Less,
            101_000.0,
            Met,
            "100 ms",
        ),
    ] {
        let of = criterion(metric.clone(), op, value, Stretch::Whole);
        let (_, end, said) = stands(of, &run);
        assert_eq!(
            (end, said.as_str()),
            (expected, figure),
            "{metric:?} {value}"
        );
    }
}

#[test]
fn too_few_samples_decide_nothing() {
    let quantile =
        |share, value| criterion(Metric::Quantile(ANY, share), Less, value, Stretch::Whole);
    for (share, needed) in [(0.5, 20), (0.99, 1_000), (0.999, 10_000), (0.9999, 100_000)] {
        let end = |value, samples| stands(quantile(share, value), &[(samples, 0, 5)]).1;
        assert_eq!(end(1e9, needed - 1), Undecided, "{share}");
        assert_eq!(end(1e9, needed), Met, "{share}");
        assert_eq!(end(1.0, needed), Broken, "{share}");
        assert_eq!(end(1.0, needed - 1), Broken, "all of them miss it");
    }
    let mut course = Course::new(quantile(0.99, 1e6), 0);
    course.second((312, 0, 5));
    assert_eq!(
        course.line(true).note.as_deref(),
        Some("needs 1,000 samples, has 312")
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
        let of = criterion(metric.clone(), op, value, Stretch::Whole);
        assert_eq!(stands(of, &[(0, 0, 0)]).1, expected, "{metric:?}");
    }
}

/// A quantile criterion on so many fast and slow requests a second.
fn quantile_of(criterion: Criterion, seconds: &[(u64, u64)]) -> (Standing, Standing) {
    let mut course = Course::new(criterion, 0);
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
    let whole = |seconds: &[(u64, u64)]| quantile_of(p99(Less, Stretch::Whole), seconds);
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
    let mut course = Course::new(p99(Less, Stretch::Whole), 0);
    course.second((70, 0, 2_000));
    assert_eq!(
        course.line(true).note.as_deref(),
        Some("70 of 70 samples miss it, more than chance explains")
    );
    // On the other side it takes more: nearly all may miss it.
    let above = |seconds: &[(u64, u64)]| quantile_of(p99(Greater, Stretch::Whole), seconds);
    assert_eq!(above(&[(400, 0)]).1, Undecided);
    assert_eq!(above(&[(500, 0)]).1, Broken);
    // A stretch, of which there are many, has to be more improbable.
    let every = |seconds: &[(u64, u64)]| quantile_of(p99(Less, Stretch::Every(2)), seconds);
    assert_eq!(every(&[(33, 2), (33, 2)]).1, Undecided, "4 of 70");
    assert_eq!(every(&[(33, 2), (32, 3)]), (Broken, Broken), "5 of 70");
    // Seconds can be sure to miss it as well.
    let share = |seconds: &[(u64, u64)]| quantile_of(p99(Less, Stretch::InSeconds(0.9)), seconds).1;
    assert_eq!(share(&[(50, 0); 10]), Undecided);
    assert_eq!(share(&[(0, 50); 10]), Broken);
    let sustained =
        |seconds: &[(u64, u64)]| quantile_of(p99(Less, Stretch::Sustained(3)), seconds).1;
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
fn late_run(criterion: Criterion, seconds: &[LateSecond]) -> Course {
    let mut course = Course::new(criterion, 0);
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
            Stretch::Whole,
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
    assert!(
        note.ends_with(" ms without what may be the generator's own delay"),
        "{note}"
    );
    assert_eq!(
        late_run(p99(350.0), &noisy).line(false).standing,
        AtRisk,
        "live"
    );
}

#[test]
fn disturbed_seconds_are_left_out_where_they_decide() {
    let max = criterion(Metric::Max(ANY), Less, 300_000.0, Stretch::Whole);
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
        Some("without 1 s in which the generator itself was late")
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
    let failures = criterion(Metric::Failures, Equal, 0.0, Stretch::Whole);
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
        late_run(p50(Stretch::Every(4)), &run).line(true).standing,
        Met
    );
    assert_eq!(
        late_run(p50(Stretch::Every(1)), &run).line(true).standing,
        Disturbed
    );
    assert_eq!(
        late_run(p50(Stretch::InSeconds(1.0)), &run)
            .line(true)
            .standing,
        Met
    );
    assert_eq!(
        late_run(p50(Stretch::InSeconds(0.9)), &run).line(true).note,
        None
    );
    assert_eq!(
        late_run(p50(Stretch::Sustained(15)), &run)
            .line(true)
            .standing,
        Met
    );
    run[12] = late;
    assert_eq!(
        late_run(p50(Stretch::InSeconds(1.0)), &run)
            .line(true)
            .standing,
        Disturbed
    );
    assert_eq!(
        late_run(p50(Stretch::Sustained(15)), &run)
            .line(true)
            .standing,
        Disturbed
    );
    run.iter_mut().for_each(|second| second.1 = 900);
    assert_eq!(
        late_run(p50(Stretch::InSeconds(1.0)), &run)
            .line(true)
            .standing,
        Broken
    );
    assert_eq!(
        late_run(p50(Stretch::Sustained(15)), &run)
            .line(true)
            .standing,
        Broken
    );
}

#[test]
fn rates_are_judged_without_the_gaps() {
    let rps = |value| criterion(Metric::Rps(Outcome::Any), AtLeast, value, Stretch::Whole);
    let mut run = vec![(50, 20, 1); 30];
    run[9] = (30, 20, 400);
    let stands = |value, gaps: &[(u64, u64)]| {
        let mut course = Course::new(rps(value), 0);
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
    let max = criterion(Metric::Max(ANY), Less, 2_500_000.0, Stretch::Whole);
    let mut run = vec![(50, 20, 1); 60];
    run[20] = (50, 20, 1_000);
    run[22] = (50, 3_000, 1);
    let line = late_run(max, &run).line(true);
    assert_eq!(line.standing, Disturbed, "it may be 2 s only: {line:?}");
    assert!(line.own_us.is_some_and(|us| us >= 1_000_000), "{line:?}");
}

#[test]
fn a_whole_run_stands_live() {
    let fine = vec![(100, 0, 5); 30];
    let bad = vec![(10, 90, 5); 10];
    let success = criterion(Metric::Success, AtLeast, 0.7, Stretch::Whole);
    assert_eq!(stands(success.clone(), &fine).0, Met);
    let both = [fine.clone(), bad.clone()].concat();
    assert_eq!(
        stands(success.clone(), &both).0,
        AtRisk,
        "it holds, but not now"
    );
    assert_eq!(stands(success.clone(), &both).1, Met);
    assert_eq!(stands(success, &bad).0, AtRisk, "it may still be met");
    let count = criterion(Metric::Requests, AtLeast, 9_999.0, Stretch::Whole);
    assert_eq!(stands(count, &fine).0, Undecided);
    for (metric, op, value) in [
        (Metric::Failures, AtMost, 899.0),
        (Metric::Failures, Equal, 0.0),
        (Metric::Success, Equal, 1.0),
        (Metric::Max(ANY), Less, 5_000.0),
    ] {
        let of = criterion(metric, op, value, Stretch::Whole);
        assert_eq!(stands(of, &bad).0, Broken, "for good");
    }
}

#[test]
fn sustained_is_a_stretch_in_which_every_second_holds() {
    let rps = |seconds| {
        let window = Stretch::Sustained(seconds);
        criterion(Metric::Rps(Outcome::Any), AtLeast, 100.0, window)
    };
    let (yes, no) = ((100, 0, 5), (99, 0, 5));
    let run = [no, yes, yes, no, yes, yes, yes, no];
    assert_eq!(stands(rps(3), &run), (Met, Met, "3 s of 3 s".to_owned()));
    assert_eq!(
        stands(rps(4), &run),
        (AtRisk, Broken, "3 s of 4 s".to_owned())
    );
    assert_eq!(
        stands(rps(4), &run[..7]).0,
        Undecided,
        "three seconds up to now"
    );
    let quantile = Metric::Quantile(ANY, 0.99);
    let p99 = criterion(quantile, Less, 1e6, Stretch::Sustained(2));
    assert_eq!(stands(p99, &run).1, Undecided, "too few samples a second");
}

#[test]
fn every_looks_at_each_stretch() {
    let window = Stretch::Every(3);
    let success = criterion(Metric::Success, AtLeast, 0.9, window);
    let (yes, half, none) = ((100, 0, 5), (80, 20, 5), (0, 0, 0));
    assert_eq!(
        stands(success.clone(), &[yes, half]).1,
        Undecided,
        "no whole stretch"
    );
    // 280 of 300 pass, 260 of 300 do not.
    assert_eq!(
        stands(success.clone(), &[yes, half, yes, yes]),
        (Met, Met, "93.3 %".to_owned())
    );
    assert_eq!(
        stands(success.clone(), &[yes, yes, half]).0,
        AtRisk,
        "the latest second"
    );
    let run = [yes, half, half, yes, yes, yes, yes, yes];
    assert_eq!(
        stands(success.clone(), &run),
        (Broken, Broken, "86.7 %".to_owned())
    );
    assert_eq!(stands(success.clone(), &[none; 5]).1, Undecided);
    assert_eq!(
        stands(success, &[yes, yes, yes, none, none, none, none]).1,
        Met
    );
    let rps = criterion(Metric::Rps(Outcome::Any), AtLeast, 10.0, window);
    assert_eq!(stands(rps, &[yes, none, none, none]).1, Broken);
    // Times are those of the stretch: what has fallen out of it does not count.
    let slow = (40, 0, 900);
    let p50 = criterion(Metric::Quantile(ANY, 0.5), Less, 500_000.0, window);
    assert_eq!(
        stands(p50.clone(), &[yes, slow, yes, yes, slow, yes]).1,
        Met
    );
    assert_eq!(stands(p50, &[yes, yes, yes, slow, slow, slow]).1, Broken);
}

#[test]
fn in_seconds_is_a_share_of_all_seconds() {
    let rps = |share| {
        let window = Stretch::InSeconds(share);
        criterion(Metric::Rps(Outcome::Any), Greater, 0.0, window)
    };
    let run = [vec![(5, 0, 5); 19], vec![(0, 0, 0)]].concat();
    assert_eq!(stands(rps(0.95), &run), (Met, Met, "19 of 20 s".to_owned()));
    assert_eq!(stands(rps(0.96), &run).1, Broken);
    assert_eq!(stands(rps(0.96), &run).0, AtRisk);
    assert_eq!(stands(rps(0.96), &[]).1, Undecided);
    // Seconds that cannot be judged may be either.
    let success = |share| {
        let window = Stretch::InSeconds(share);
        criterion(Metric::Success, AtLeast, 0.5, window)
    };
    assert_eq!(stands(success(0.95), &run).1, Met);
    assert_eq!(stands(success(0.99), &run).1, Undecided);
}

#[test]
fn a_warm_up_and_what_comes_after_the_stop_do_not_count() {
    let rps = criterion(
        Metric::Rps(Outcome::Any),
        AtLeast,
        100.0,
        Stretch::InSeconds(1.0),
    );
    let mut course = Course::new(rps, 2);
    [(1, 0, 5), (1, 0, 5), (100, 0, 5), (100, 0, 5)]
        .into_iter()
        .for_each(|second| course.second(second));
    course.watch.stop(4_300_000);
    [(50, 0, 5), (0, 0, 5)]
        .into_iter()
        .for_each(|second| course.second(second));
    assert_eq!(
        (course.line(true).standing, course.figure()),
        (Met, "2 of 2 s".to_owned())
    );
    let failures = criterion(Metric::Failures, Equal, 0.0, Stretch::Whole);
    let mut course = Course::new(failures, 2);
    [(0, 9, 5), (0, 9, 5), (100, 0, 5)]
        .into_iter()
        .for_each(|second| course.second(second));
    assert_eq!(course.line(true).standing, Met);
    course.second((0, 1, 5));
    assert_eq!(course.line(false).standing, Broken);
    course.watch.reset();
    course.second((5, 0, 5));
    assert_eq!(course.line(false).standing, Met, "a reset resets");
    let whole = criterion(Metric::Rps(Outcome::Any), AtLeast, 100.0, Stretch::Whole);
    let mut course = Course::new(whole, 3);
    [(1, 0, 5), (1, 0, 5), (1, 0, 5), (100, 0, 5), (100, 0, 5)]
        .into_iter()
        .for_each(|second| course.second(second));
    assert_eq!(course.figure(), "100/s");
}

#[test]
fn readings_and_users() {
    let probe = |window| criterion(Metric::Probe("db.active".to_owned()), Less, 60.0, window);
    for (window, end, figure) in [
        (Stretch::Whole, Broken, "70"),
        (Stretch::Every(2), Met, "55"),
        (Stretch::InSeconds(0.75), Met, "3 of 4 s"),
        (Stretch::Sustained(3), Broken, "2 s of 3 s"),
    ] {
        let mut course = Course::new(probe(window), 0);
        for reading in [10.0, 40.0, 70.0, 20.0] {
            course.reading = Some(reading);
            course.second((0, 0, 0));
        }
        assert_eq!(
            (course.line(true).standing, course.figure().as_str()),
            (end, figure)
        );
    }
    let users = criterion(Metric::UsersFailed, Equal, 0.0, Stretch::Whole);
    let mut course = Course::new(users, 10);
    course.counts.users_started = 5;
    assert_eq!(course.line(true).standing, Met);
    course.counts.users_failed = 1;
    assert_eq!(
        course.line(false).standing,
        Broken,
        "in the warm-up as well"
    );
}

#[test]
fn rows_and_statuses_are_told_apart() {
    let count = criterion(Metric::Requests, Equal, 0.0, Stretch::Whole);
    let of_status = |metric| Criterion {
        of: Selector::Status(500, 599),
        ..criterion(metric, Equal, 0.0, Stretch::Whole)
    };
    let criteria = Criteria {
        list: vec![
            count.clone(),
            count,
            of_status(Metric::Failures),
            of_status(Metric::Requests),
        ],
        ..Criteria::default()
    };
    let rows = [
        Some(vec![NameId(0)]),
        Some(vec![NameId(1), NameId(2)]),
        None,
        None,
    ];
    let mut watch = Watch::new(&criteria, &rows);
    let mut recorder = Recorder::new(4);
    for (name, ok, failed) in [(0, 3, 1), (1, 10, 0), (2, 20, 2), (3, 500, 0)] {
        requests(&mut recorder, name, ok, failed, 5);
    }
    watch.add(&drained(recorder));
    let moment = Moment {
        elapsed_s: 1.0,
        counted_from_s: 0.0,
        ended: true,
        counts: &Counts::default(),
        delays: &Delays::default(),
    };
    let lines = watch.lines(&moment);
    let values: Vec<_> = lines.iter().map(|line| line.value).collect();
    assert_eq!(values, [4.0, 32.0, 3.0, 3.0].map(Some));
}

#[test]
fn figures_are_never_rounded_onto_the_wrong_side() {
    let success = criterion(Metric::Success, Equal, 1.0, Stretch::Whole);
    let run = [(99_999, 1, 5)];
    assert_eq!(
        stands(success, &run),
        (Broken, Broken, "99.999 %".to_owned())
    );
    let rps = criterion(Metric::Rps(Outcome::Any), AtLeast, 50.0, Stretch::Whole);
    let (_, _, figure) = stands(rps, &[vec![(50, 0, 5); 199], vec![(49, 0, 5)]].concat());
    assert!(figure.starts_with("49.99"), "{figure}");
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
        let of = criterion(Metric::Quantile(ANY, quantile), Less, f64::from(limit_ms) * 1e3, Stretch::Whole);
        let truth: Vec<_> = seconds.iter().map(|&(requests, took_ms, _)| (requests, took_ms, 0)).collect();
        let truth = late_run(of.clone(), &truth).line(true).standing;
        // Each request of a second takes longer by at most the delay in it.
        let measured: Vec<_> = seconds.iter().map(|&(requests, took_ms, late_ms)| (requests, took_ms + late_ms, late_ms)).collect();
        let said = late_run(of, &measured).line(true);
        let left_out = said.note.as_deref().is_some_and(|note| note.starts_with("without "));
        let is_right = said.standing == truth || said.standing == Disturbed || left_out || truth == Undecided;
        prop_assert!(is_right, "{:?}, and it is {:?}", said, truth);
    }

    /// However a second's requests are spread over shards and intervals, and
    /// in whatever order these come, every criterion sees the same.
    #[test]
    fn the_order_of_intervals_does_not_matter(
        seconds in proptest::collection::vec(
            proptest::collection::vec((0u64..30, 0u64..5, 1u64..900), 1..5), 1..12),
        every in 1u32..5,
    ) {
        let windows = [
            Stretch::Whole, Stretch::Every(every), Stretch::Sustained(every), Stretch::InSeconds(0.5),
        ];
        let metrics = [
            Metric::Success, Metric::Rps(Outcome::Ok), Metric::Max(ANY), Metric::Quantile(ANY, 0.5),
            Metric::Mean(RESPONSE),
        ];
        let list = windows.iter().flat_map(|window| {
            metrics.iter().map(|metric| criterion(metric.clone(), Less, 100.0, *window))
        });
        let list: Vec<_> = list.collect();
        let rows = vec![None; list.len()];
        let criteria = Criteria { list, ..Criteria::default() };
        let mut delays = Delays::default();
        let mut watches = [(); 3].map(|()| Watch::new(&criteria, &rows));
        for (end_s, parts) in seconds.iter().enumerate() {
            let mut at_once = Recorder::new(1);
            let intervals = parts.iter().map(|&(ok, failed, took_ms)| {
                let mut recorder = Recorder::new(1);
                requests(&mut recorder, 0, ok, failed, took_ms);
                requests(&mut at_once, 0, ok, failed, took_ms);
                drained(recorder)
            });
            let intervals: Vec<_> = intervals.collect();
            let [forwards, backwards, whole] = &mut watches;
            intervals.iter().for_each(|one| forwards.add(one));
            intervals.iter().rev().for_each(|one| backwards.add(one));
            whole.add(&drained(at_once));
            let end_s = end_s as u64 + 1;
            delays.close_second(end_s);
            watches.iter_mut().for_each(|watch| watch.close_second(end_s, true, &|_| None, &delays));
        }
        let counts = Counts::default();
        let moment = Moment { elapsed_s: 12.0, counted_from_s: 0.0, ended: true, counts: &counts, delays: &delays };
        let [forwards, backwards, whole] = watches.map(|watch| watch.lines(&moment));
        prop_assert_eq!(&forwards, &backwards);
        prop_assert_eq!(&forwards, &whole);
    }
}
