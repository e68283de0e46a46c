//! When a run ends, how long it took, and what was planned until then.

use std::sync::Arc;
use std::time::Duration;

use swarmdeck::format::event_lines;
use swarmdeck::lab::{Lab, LabConfig};
use swarmdeck::run::{EventKind, Snapshot, Why};
use swarmdeck::verdict::{EarlyEnd, Standing, Verdict};

use crate::support::{Bench, assert_conserved, lab, soon};

const HEALTH: &str = "user_classes: {U: {tasks: {t: [{get: /api/v1/health/}]}}}";

fn lab_taking(latency: &str) -> Lab {
    lab(LabConfig {
        latency: latency.parse().expect("a latency"),
        ..LabConfig::default()
    })
}

/// Plays a scenario with this load to its end on so many shards.
async fn play(load: &str, rest: &str, shards: usize, host: &str) -> (Bench, Arc<Snapshot>) {
    let mut bench = Bench::new(&format!("load: {load}\n{rest}\n"), host).with_shards(shards);
    let last = bench.play().await;
    assert_conserved(&last);
    (bench, last)
}

fn verdict(snapshot: &Snapshot) -> Verdict {
    snapshot.judgement.as_ref().expect("judged").verdict
}

/// Why a run stopped, as its log says.
fn why(bench: &Bench) -> String {
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let stopping = events.iter().find(|one| one.kind == EventKind::Stopping);
    stopping.expect("a reason").text.clone()
}

#[tokio::test]
async fn as_many_starts_are_planned_as_the_rate_has_area() {
    let lab = lab_taking("0ms");
    let loads = [
        ("{rate: 100/s, run_time: 1s}", 100, 1.0),
        ("{rate: 1000/s, run_time: 50ms}", 50, 0.05),
        ("{rate: 7/s, run_time: 1500ms}", 11, 1.5),
        (
            "{stages: [{over: 500ms, rate: 200}, {over: 500ms, rate: 200}, {over: 500ms, rate: 0}]}",
            200,
            1.5,
        ),
    ];
    for (load, planned, seconds) in loads {
        for shards in 1..=4 {
            let (_, last) = play(load, HEALTH, shards, &lab.url()).await;
            let counts = &last.counts;
            assert_eq!(
                counts.arrivals_scheduled, planned,
                "{load}, {shards} shards"
            );
            assert_eq!(counts.arrivals_started + counts.arrivals_dropped, planned);
            assert!(
                (last.elapsed_s - seconds).abs() < 1e-9,
                "{}",
                last.elapsed_s
            );
        }
    }
}

#[tokio::test]
async fn what_ends_after_the_load_is_in_no_rate() {
    let lab = lab_taking("400ms");
    let load = "{users: 10, spawn_rate: 100000, run_time: 1s}";
    let (_, last) = play(load, HEALTH, 2, &lab.url()).await;
    let all = &last.tables.aggregated;
    // Each user's third request is under way at the end.
    assert_eq!((all.requests, last.elapsed_s), (30, 1.0));
    assert!(all.rates.rps <= 20.0, "{}", all.rates.rps);
    assert!((all.rates.rps - last.rates.rps).abs() < 1e-9);
    assert!(
        all.raw.to_last.rps > 20.0,
        "as Locust counts: {}",
        all.raw.to_last.rps
    );
}

#[tokio::test]
async fn a_run_that_has_done_everything_took_as_long_as_it_did() {
    let lab = lab_taking("10ms");
    let load = "{users: 5, spawn_rate: 100000, iterations: 50, run_time: 20s}";
    let (bench, last) = play(load, HEALTH, 2, &lab.url()).await;
    assert_eq!(why(&bench), "stopping: all iterations finished");
    // Ten rounds of 10 ms, whenever the end was noticed.
    assert_eq!(last.counts.tasks_started, 50);
    let all = &last.tables.aggregated;
    assert!((all.rates.rps * last.elapsed_s - 50.0).abs() < 1e-6);
    assert!((all.raw.to_last.rps - all.rates.rps).abs() < 1e-6);
    assert!(last.elapsed_s < 19.0, "{}", last.elapsed_s);
    assert_eq!(verdict(&last), Verdict::Pass);
    assert_eq!(
        last.judgement.as_ref().and_then(|one| one.ended_early),
        None
    );
}

#[tokio::test]
async fn a_run_in_which_nobody_is_left_ends_and_says_why() {
    let lab = lab_taking("0ms");
    let stop = "user_classes: {U: {tasks: {t: [{get: /api/v1/health/}, {stop_user: true}]}}}";
    let iterations = "user_classes: {U: {iterations: 3, tasks: {t: [{get: /api/v1/health/}]}}}";
    let rows = "data: {d: {rows: [{a: x}, {a: y}], pick: unique, at_end: stop}}\nuser_classes: {U: {iterations: 2, tasks: {t: [{get: \"/api/v1/health/?a={{ d.a }}\"}]}}}";
    let used_up = "data: {d: {rows: [{a: x}, {a: y}], per: task, at_end: stop}}\nuser_classes: {U: {tasks: {t: [{get: \"/api/v1/health/?a={{ d.a }}\"}]}}}";
    let login = "user_classes: {U: {on_start: [{get: /nowhere}], tasks: {t: [{get: /}]}}}";
    let left = "stopping: no users left, and none planned";
    let failed = "stopping: on_start failed for all users";
    use Verdict::{Invalid, Pass, Undecided};
    // Who asks for 30 s has not got them; what a user has to do is a plan as well.
    for (classes, expected, of_30_s) in [
        (stop, left, Undecided),
        (iterations, left, Pass),
        (rows, left, Pass),
        (used_up, left, Undecided),
        (login, failed, Invalid),
    ] {
        for (load, expected_verdict) in [
            (
                "{users: 4, spawn_rate: 1000}",
                if of_30_s == Invalid { Invalid } else { Pass },
            ),
            ("{users: 4, spawn_rate: 1000, run_time: 30s}", of_30_s),
        ] {
            for shards in [1, 3] {
                let (bench, last) = play(load, classes, shards, &lab.url()).await;
                assert_eq!(why(&bench), expected, "{classes} {load}");
                assert!(last.elapsed_s < 20.0, "{}", last.elapsed_s);
                let judgement = last.judgement.as_ref().expect("judged");
                assert_eq!(judgement.verdict, expected_verdict, "{classes} {load}");
                let says_so = judgement.reason.contains("of 0:30, no users left");
                assert_eq!(says_so, expected_verdict == Undecided, "{judgement:?}");
            }
        }
    }
}

#[tokio::test]
async fn users_that_left_before_the_end_are_remarked_on() {
    let lab = lab_taking("0ms");
    let load = "{users: 3, spawn_rate: 1000, run_time: 3s}";
    let leaves = "{if: user.number == 1, then: [{stop_user: true}]}";
    for (step, expected) in [
        (
            leaves,
            Some("only 2 of 3 planned users were still running after 2 s"),
        ),
        ("{think: 1ms}", None),
    ] {
        let classes = format!(
            "user_classes: {{U: {{wait: 20ms, tasks: {{t: [{{get: /api/v1/health/}}, {step}]}}}}}}"
        );
        let (_, last) = play(load, &classes, 2, &lab.url()).await;
        let judgement = last.judgement.as_ref().expect("judged");
        assert_eq!(judgement.verdict, Verdict::Pass);
        let mut remarks = judgement.remarks.iter();
        let left = remarks.find(|one| one.id == "users.left");
        assert_eq!(left.is_some(), expected.is_some(), "{judgement:?}");
        if let (Some(left), Some(expected)) = (left, expected) {
            assert!(left.text.starts_with(expected), "{}", left.text);
        }
    }
}

#[tokio::test]
async fn a_plan_without_users_leaves_nobody_missing() {
    let lab = lab_taking("0ms");
    let load = "{stages: [{over: 0s, users: 2}, {over: 500ms, users: 2}, {over: 0s, users: 0}], run_time: 20s}";
    let (_, last) = play(load, HEALTH, 2, &lab.url()).await;
    assert!(last.elapsed_s < 10.0, "{}", last.elapsed_s);
    assert_eq!(verdict(&last), Verdict::Pass);
}

#[tokio::test]
async fn a_run_waits_for_what_may_still_come() {
    let lab = lab_taking("0ms");
    // The users of the first class are gone before those of the second come.
    let later = "user_classes:\n  A: {load: {users: 2, spawn_rate: 1000}, tasks: {t: [{get: /api/v1/health/}, {stop_user: true}]}}\n  B: {load: {start: 1500ms, users: 2, spawn_rate: 1000}, tasks: {t: [{get: /api/v1/health/}, {stop_user: true}]}}";
    let mut bench = Bench::new(later, &lab.url());
    let last = bench.play().await;
    assert_eq!(last.counts.users_started, 4);
    assert!(last.elapsed_s >= 1.5, "{}", last.elapsed_s);
    // An operator who sets the users to 0 may set them again.
    let mut bench = Bench::class(
        "    wait: 10ms\n    tasks: {t: [{get: /api/v1/health/}]}",
        &lab.url(),
    );
    bench.start(4, 1_000.0).await;
    bench.until_requests(10).await;
    bench.edit_users(0).await;
    bench.until_users(0).await;
    let before = bench.runs.snapshot().elapsed_s;
    bench
        .until("a second more", |s| s.elapsed_s > before + 1.0)
        .await;
    bench.edit_users(3).await;
    bench.until_users(3).await;
    bench.stop().await;
}

#[tokio::test]
async fn users_that_wait_for_starts_which_never_come_keep_no_run_alive() {
    let lab = lab_taking("0ms");
    let text = "user_classes:\n  A: {iterations: 2, load: {users: 2, spawn_rate: 1000}, tasks: {t: [{get: /api/v1/health/}]}}\n  B: {load: {stages: [{over: 300ms, rate: 50}, {over: 300ms, rate: 0}]}, tasks: {t: [{get: /api/v1/health/}]}}";
    for shards in [1, 2] {
        let mut bench = Bench::new(text, &lab.url()).with_shards(shards);
        assert_eq!(bench.spec.run_time, None, "only a part of it has an end");
        let last = bench.play().await;
        assert_conserved(&last);
        assert_eq!(last.counts.arrivals_scheduled, 15);
        assert_eq!(why(&bench), "stopping: no users left, and none planned");
    }
}

#[tokio::test]
async fn a_plan_that_dips_and_rises_is_not_over_in_between() {
    let lab = lab_taking("0ms");
    let stages = "[{over: 0s, users: 4}, {over: 600ms, users: 4}, {over: 0s, users: 1}, {over: 600ms, users: 1}, {over: 0s, users: 4}, {over: 600ms, users: 4}]";
    let classes = "user_classes: {U: {tasks: {t: [{get: /api/v1/health/}, {stop_user: true}]}}}";
    let (_, last) = play(&format!("{{stages: {stages}}}"), classes, 2, &lab.url()).await;
    assert_eq!(last.counts.users_started, 7, "three come again");
}

#[tokio::test]
async fn nothing_was_measured_where_nothing_was_sent() {
    let lab = lab_taking("0ms");
    let silent = "user_classes: {U: {wait: 10ms, tasks: {t: [{think: 1ms}]}}}";
    let unset = "user_classes: {U: {wait: 10ms, tasks: {t: [{get: \"/{{ later }}\"}, {set: {later: 1}}, {stop_user: true}]}}}";
    for classes in [silent, unset] {
        let (_, last) = play(
            "{users: 2, spawn_rate: 1000, run_time: 300ms}",
            classes,
            2,
            &lab.url(),
        )
        .await;
        assert_eq!(verdict(&last), Verdict::Undecided, "{classes}");
    }
}

#[tokio::test]
async fn an_end_before_the_planned_one_is_said() {
    let lab = lab_taking("0ms");
    let text = format!(
        "load: {{users: 2, spawn_rate: 1000, run_time: 60s}}\ncriteria: [success == 100%]\n{HEALTH}\n"
    );
    let mut bench = Bench::new(&text, &lab.url());
    for (how, expected) in [
        ("stop", Verdict::Pass),
        ("halt", Verdict::Undecided),
        ("signal", Verdict::Undecided),
    ] {
        bench.start_as_planned().await;
        bench.until_requests(20).await;
        let by = swarmdeck::run::Author::new("a test");
        let ended = match how {
            "stop" => soon(how, bench.runs.stop(Why::operator(by))).await,
            "halt" => soon(how, bench.runs.halt(Why::operator(by))).await,
            _ => soon(how, bench.runs.stop(Why::signal())).await,
        };
        ended.expect("ends");
        let last = bench.runs.snapshot();
        let judgement = last.judgement.as_ref().expect("judged");
        assert_eq!(judgement.verdict, expected, "{how}: {}", judgement.reason);
        let early = judgement.ended_early.expect("before its time");
        let is_stop = early.how == EarlyEnd::Stopped;
        assert_eq!((is_stop, early.of_s), (how == "stop", Some(60.0)));
        assert!(
            judgement.reason.contains(&early.text()),
            "{}",
            judgement.reason
        );
    }
}

#[tokio::test]
async fn a_run_that_ends_within_its_warm_up_decides_nothing() {
    let lab = lab_taking("0ms");
    let text = format!(
        "load: {{users: 2, spawn_rate: 1000, iterations: 20}}\ncriteria: {{after: 60s, all: [requests >= 1, rps > 1, failures == 0]}}\n{HEALTH}\n"
    );
    let last = Bench::new(&text, &lab.url()).play().await;
    let judgement = last.judgement.as_ref().expect("judged");
    let undecided = |line: &swarmdeck::verdict::CriterionLine| line.standing == Standing::Undecided;
    assert!(
        judgement.criteria.iter().all(undecided),
        "{:?}",
        judgement.criteria
    );
    assert_eq!(judgement.verdict, Verdict::Undecided);
}

#[tokio::test]
async fn a_run_time_that_is_set_while_it_runs_is_kept() {
    let lab = lab_taking("0ms");
    let text = format!("load: {{rate: 100/s, run_time: 60s}}\n{HEALTH}\n");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start_as_planned().await;
    bench.until_requests(10).await;
    let time = Duration::from_millis(3_500);
    let change = swarmdeck::model::Change::RunTime(Some(time));
    bench.change(change).await.expect("in time");
    let last = bench.until_stopped().await;
    assert_eq!(last.counts.arrivals_scheduled, 350);
    assert!((last.elapsed_s - 3.5).abs() < 1e-9);
}
