//! Criteria over made-up seconds.

use std::time::Duration;

use proptest::prelude::*;

use super::{CriteriaMonitor, Moment, Selected};
use crate::model::{
    Clocked, Comparison, Criteria, Criterion, CriterionWindow, Failure, Metric, NameId, Outcome,
    Phases, Selector, TimeKind,
};
use crate::stats::{Counts, Delays, Interval, Recorder, Sample};
use crate::verdict::{CriterionLine, Standing};
use Comparison::{AtLeast, AtMost, Equal, Greater, Less};
use Standing::{AtRisk, Broken, Met, Undecided};

pub(super) const ANY: Clocked = Clocked::SERVICE;
const RESPONSE: Clocked = Clocked {
    time: TimeKind::Response,
    outcome: Outcome::Any,
};

fn only(outcome: Outcome) -> Clocked {
    Clocked { outcome, ..ANY }
}

pub(super) fn criterion(
    metric: Metric,
    op: Comparison,
    value: f64,
    window: CriterionWindow,
) -> Criterion {
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
pub(super) fn requests(recorder: &mut Recorder, name: u16, ok: u64, failed: u64, took_ms: u64) {
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

pub(super) fn drained(mut recorder: Recorder) -> Interval {
    let mut interval = Interval::default();
    recorder.drain(&mut interval);
    interval
}

/// A second: successes, failures, milliseconds that each takes.
pub(super) type Second = (u64, u64, u64);

/// A run with one criterion.
pub(super) struct Timeline {
    watch: CriteriaMonitor,
    end_s: u64,
    counts: Counts,
    reading: Option<f64>,
    pub(super) delays: Delays,
}

impl Timeline {
    pub(super) fn new(criterion: Criterion, after_s: u64) -> Self {
        let criteria = Criteria {
            after: Duration::from_secs(after_s),
            list: vec![criterion],
            ..Criteria::default()
        };
        Self {
            watch: CriteriaMonitor::new(&criteria, &[Selected::default()]),
            end_s: 0,
            counts: Counts::default(),
            reading: None,
            delays: Delays::default(),
        }
    }

    pub(super) fn second(&mut self, (ok, failed, took_ms): Second) {
        let mut recorder = Recorder::new(1);
        requests(&mut recorder, 0, ok, failed, took_ms);
        self.take(recorder);
    }

    pub(super) fn take(&mut self, recorder: Recorder) {
        self.watch.add(&drained(recorder));
        self.end_s += 1;
        let reading = self.reading;
        self.delays.close_second(self.end_s);
        let delays = &self.delays;
        self.watch
            .close_second(self.end_s, true, &|_| reading, delays);
    }

    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    pub(super) fn line(&self, ended: bool) -> CriterionLine {
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
pub(super) fn stands(criterion: Criterion, seconds: &[Second]) -> (Standing, Standing, String) {
    let mut course = Timeline::new(criterion, 0);
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
        (Metric::Success, AtLeast, 0.99, Met, "99%"),
        (Metric::Success, AtLeast, 0.9901, Broken, "99%"),
        (Metric::Rps(Outcome::Any), AtLeast, 100.0, Met, "100/s"),
        (Metric::Rps(Outcome::Ok), AtLeast, 99.5, Broken, "99.0/s"),
        (Metric::Rps(Outcome::Failed), AtMost, 1.0, Met, "1.00/s"),
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
        let of = criterion(metric.clone(), op, value, CriterionWindow::Whole);
        let (_, end, said) = stands(of, &run);
        assert_eq!(
            (end, said.as_str()),
            (expected, figure),
            "{metric:?} {value}"
        );
    }
}

#[test]
fn a_whole_run_stands_live() {
    let fine = vec![(100, 0, 5); 30];
    let bad = vec![(10, 90, 5); 10];
    let success = criterion(Metric::Success, AtLeast, 0.7, CriterionWindow::Whole);
    assert_eq!(stands(success.clone(), &fine).0, Met);
    let both = [fine.clone(), bad.clone()].concat();
    assert_eq!(
        stands(success.clone(), &both).0,
        AtRisk,
        "it holds, but not now"
    );
    assert_eq!(stands(success.clone(), &both).1, Met);
    assert_eq!(stands(success, &bad).0, AtRisk, "it may still be met");
    let count = criterion(Metric::Requests, AtLeast, 9_999.0, CriterionWindow::Whole);
    assert_eq!(stands(count, &fine).0, Undecided);
    for (metric, op, value) in [
        (Metric::Failures, AtMost, 899.0),
        (Metric::Failures, Equal, 0.0),
        (Metric::Success, Equal, 1.0),
        (Metric::Max(ANY), Less, 5_000.0),
    ] {
        let of = criterion(metric, op, value, CriterionWindow::Whole);
        assert_eq!(stands(of, &bad).0, Broken, "for good");
    }
}

#[test]
fn sustained_is_a_stretch_in_which_every_second_holds() {
    let rps = |seconds| {
        let window = CriterionWindow::Sustained(seconds);
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
    let p99 = criterion(quantile, Less, 1e6, CriterionWindow::Sustained(2));
    assert_eq!(stands(p99, &run).1, Undecided, "too few samples a second");
}

#[test]
fn every_looks_at_each_stretch() {
    let window = CriterionWindow::Every(3);
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
        (Met, Met, "93.3%".to_owned())
    );
    assert_eq!(
        stands(success.clone(), &[yes, yes, half]).0,
        AtRisk,
        "the latest second"
    );
    let run = [yes, half, half, yes, yes, yes, yes, yes];
    assert_eq!(
        stands(success.clone(), &run),
        (Broken, Broken, "86.7%".to_owned())
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
        let window = CriterionWindow::InSeconds(share);
        criterion(Metric::Rps(Outcome::Any), Greater, 0.0, window)
    };
    let run = [vec![(5, 0, 5); 19], vec![(0, 0, 0)]].concat();
    assert_eq!(stands(rps(0.95), &run), (Met, Met, "19 of 20 s".to_owned()));
    assert_eq!(stands(rps(0.96), &run).1, Broken);
    assert_eq!(stands(rps(0.96), &run).0, AtRisk);
    assert_eq!(stands(rps(0.96), &[]).1, Undecided);
    // Seconds that cannot be judged may be either.
    let success = |share| {
        let window = CriterionWindow::InSeconds(share);
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
        CriterionWindow::InSeconds(1.0),
    );
    let mut course = Timeline::new(rps, 2);
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
    let failures = criterion(Metric::Failures, Equal, 0.0, CriterionWindow::Whole);
    let mut course = Timeline::new(failures, 2);
    [(0, 9, 5), (0, 9, 5), (100, 0, 5)]
        .into_iter()
        .for_each(|second| course.second(second));
    assert_eq!(course.line(true).standing, Met);
    course.second((0, 1, 5));
    assert_eq!(course.line(false).standing, Broken);
    course.watch.reset();
    course.second((5, 0, 5));
    assert_eq!(course.line(false).standing, Met, "a reset resets");
    let whole = criterion(
        Metric::Rps(Outcome::Any),
        AtLeast,
        100.0,
        CriterionWindow::Whole,
    );
    let mut course = Timeline::new(whole, 3);
    [(1, 0, 5), (1, 0, 5), (1, 0, 5), (100, 0, 5), (100, 0, 5)]
        .into_iter()
        .for_each(|second| course.second(second));
    assert_eq!(course.figure(), "100/s");
}

#[test]
fn readings_and_users() {
    let probe = |window| criterion(Metric::Probe("db.active".to_owned()), Less, 60.0, window);
    for (window, end, figure) in [
        (CriterionWindow::Whole, Broken, "70"),
        (CriterionWindow::Every(2), Met, "55"),
        (CriterionWindow::InSeconds(0.75), Met, "3 of 4 s"),
        (CriterionWindow::Sustained(3), Broken, "2 s of 3 s"),
    ] {
        let mut course = Timeline::new(probe(window), 0);
        for reading in [10.0, 40.0, 70.0, 20.0] {
            course.reading = Some(reading);
            course.second((0, 0, 0));
        }
        assert_eq!(
            (course.line(true).standing, course.figure().as_str()),
            (end, figure)
        );
    }
    let users = criterion(Metric::UsersFailed, Equal, 0.0, CriterionWindow::Whole);
    let mut course = Timeline::new(users, 10);
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
    let count = criterion(Metric::Requests, Equal, 0.0, CriterionWindow::Whole);
    let of_status = |metric| Criterion {
        of: Selector::Status(500, 599),
        ..criterion(metric, Equal, 0.0, CriterionWindow::Whole)
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
    let selected = rows.map(|rows| Selected { rows, plans: None });
    let mut watch = CriteriaMonitor::new(&criteria, &selected);
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
    let success = criterion(Metric::Success, Equal, 1.0, CriterionWindow::Whole);
    let run = [(99_999, 1, 5)];
    assert_eq!(
        stands(success, &run),
        (Broken, Broken, "99.999%".to_owned())
    );
    let rps = criterion(
        Metric::Rps(Outcome::Any),
        AtLeast,
        50.0,
        CriterionWindow::Whole,
    );
    let (_, _, figure) = stands(rps, &[vec![(50, 0, 5); 199], vec![(49, 0, 5)]].concat());
    assert!(figure.starts_with("49.99"), "{figure}");
}

proptest! {
    /// However a second's requests are spread over shards and intervals, and
    /// in whatever order these come, every criterion sees the same.
    #[test]
    fn the_order_of_intervals_does_not_matter(
        seconds in proptest::collection::vec(
            proptest::collection::vec((0u64..30, 0u64..5, 1u64..900), 1..5), 1..12),
        every in 1u32..5,
    ) {
        let windows = [
            CriterionWindow::Whole, CriterionWindow::Every(every), CriterionWindow::Sustained(every), CriterionWindow::InSeconds(0.5),
        ];
        let metrics = [
            Metric::Success, Metric::Rps(Outcome::Ok), Metric::Max(ANY), Metric::Quantile(ANY, 0.5),
            Metric::Mean(RESPONSE),
        ];
        let list = windows.iter().flat_map(|window| {
            metrics.iter().map(|metric| criterion(metric.clone(), Less, 100.0, *window))
        });
        let list: Vec<_> = list.collect();
        let selected = vec![Selected::default(); list.len()];
        let criteria = Criteria { list, ..Criteria::default() };
        let mut delays = Delays::default();
        let mut watches = [(); 3].map(|()| CriteriaMonitor::new(&criteria, &selected));
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
