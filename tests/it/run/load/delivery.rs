//! Planned loads that are not delivered: what is counted, and what is said.

use std::sync::Arc;
use std::time::Duration;

use swarmdeck::client::Clock;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Burst, Change, Edit, Suspended};
use swarmdeck::run::{Snapshot, spawn};
use swarmdeck::stats::{Delivery, Row};
use swarmdeck::verdict::{Judgement, PlanLine, Standing, Verdict};

use crate::support::{Bench, assert_conserved, lab};

/// A lab whose answers take so long.
fn slow_lab(latency: &str) -> swarmdeck::lab::Lab {
    lab(LabConfig {
        latency: latency.parse().expect("a latency"),
        ..LabConfig::default()
    })
}

/// One user class that asks the lab for its health.
fn scenario(load: &str, wait: &str, more: &str) -> String {
    format!(
        "load: {load}\n{more}\nuser_classes:\n  U:\n    wait: {wait}\n    tasks: {{t: [{{get: /api/v1/health/}}]}}\n"
    )
}

fn judged(snapshot: &Snapshot) -> &Judgement {
    snapshot.judgement.as_deref().expect("a judgement")
}

fn only(snapshot: &Snapshot) -> &PlanLine {
    assert_eq!(snapshot.deliveries.len(), 1, "{:?}", snapshot.deliveries);
    &snapshot.deliveries[0]
}

/// planned = started + dropped + missed + waiting, and what was counted before
/// goes with it.
fn assert_adds_up(snapshot: &Snapshot) {
    let mut sum = Delivery::default();
    for line in snapshot.deliveries.iter() {
        let counts = &line.counts;
        let told = counts.started + counts.dropped() + counts.missed + counts.waiting();
        assert_eq!(counts.planned, told, "{line:?}");
        assert!(line.judged.planned <= counts.planned, "{line:?}");
        sum.add(counts);
    }
    let counts = &snapshot.counts;
    assert_eq!(sum.missed, counts.tasks_missed, "{:?}", snapshot.deliveries);
    let open = snapshot.deliveries.iter();
    let open = open.filter(|line| line.counts.dropped_queue > 0 || counts.arrivals_scheduled > 0);
    let scheduled: u64 = open.map(|line| line.counts.planned).sum();
    assert!(scheduled >= counts.arrivals_scheduled, "{counts:?}");
}

/// Runs a scenario on so many shards until it ends by itself.
async fn run_on(shards: usize, text: &str, host: &str) -> (Arc<Snapshot>, Vec<Row>) {
    let mut bench = Bench::new(text, host);
    bench.runs = spawn(Clock::start(), shards);
    let last = bench.play().await;
    assert_conserved(&last);
    assert_adds_up(&last);
    (last, bench.runs.log().rows())
}

/// Not PASS; and unless this machine was busy with other tests, not our fault.
fn assert_undelivered(end: &Snapshot) {
    let judgement = judged(end);
    assert!(
        judgement
            .reason
            .starts_with("the planned load was not delivered: "),
        "{judgement:#?}"
    );
    assert!(
        matches!(judgement.verdict, Verdict::Undecided | Verdict::Invalid),
        "{judgement:#?}"
    );
    let is_told = judgement
        .findings
        .iter()
        .any(|finding| finding.id.starts_with("load.") || finding.id == "generator.undelivered");
    assert!(is_told, "{judgement:#?}");
}

#[tokio::test]
async fn an_open_load_that_drops_its_starts_never_passes() {
    let lab = slow_lab("200ms");
    // 50 a second for 3 s; 2 users do 10 a second.
    for (shards, load, more) in [
        (1, "{rate: 50/s, max_users: 2, queue: 5, run_time: 3s}", ""),
        (
            2,
            "{rate: 50/s, max_users: 2, queue: 5, run_time: 3s}",
            "criteria: [success >= 99%]",
        ),
        (3, "{rate: 50/s, max_users: 2, run_time: 3s}", ""),
        (
            4,
            "{stages: [{over: 1s, rate: 50/s}, {over: 2s, rate: 50/s}], max_users: 2, queue: 5}",
            "",
        ),
    ] {
        let (end, rows) = run_on(shards, &scenario(load, "0s", more), &lab.url()).await;
        assert_undelivered(&end);
        let counts = only(&end).counts;
        assert_eq!(counts.planned, end.counts.arrivals_scheduled, "{counts:?}");
        assert_eq!(counts.started, end.counts.arrivals_started, "{counts:?}");
        assert_eq!(counts, only(&end).judged, "all of it is judged");
        assert!(counts.delivered() < Some(0.6), "{load}: {counts:?}");
        let is_shown = |row: &Row| row.undelivered + row.overdue > row.planned / 100;
        assert!(rows.iter().any(is_shown), "{rows:?}");
        let planned: u64 = rows.iter().map(|row| row.planned).sum();
        assert!(planned <= counts.planned, "{rows:?}");
        let reason = &judged(&end).reason;
        assert!(
            reason.contains("raise `max_users`") || judged(&end).verdict == Verdict::Invalid,
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_broken_criterion_or_a_failure_fails_as_ever() {
    let lab = slow_lab("200ms");
    let load = "{rate: 50/s, max_users: 2, queue: 5, run_time: 2s}";
    let text = scenario(load, "0s", "criteria: [p50 < 10ms]");
    let (end, _) = run_on(2, &text, &lab.url()).await;
    let verdict = judged(&end).verdict;
    assert!(
        matches!(verdict, Verdict::Fail | Verdict::Invalid),
        "{:#?}",
        judged(&end)
    );
}

#[tokio::test]
async fn a_pace_that_cannot_be_kept_never_passes() {
    let lab = slow_lab("200ms");
    for (shards, wait) in [
        (1, "{pacing: 100ms}"),
        (2, "{throughput: 10/s}"),
        (4, "{pacing: 50ms}"),
    ] {
        let load = "{users: 4, spawn_rate: 100, run_time: 3s}";
        let (end, rows) = run_on(shards, &scenario(load, wait, ""), &lab.url()).await;
        assert_undelivered(&end);
        let counts = only(&end).counts;
        assert!(
            counts.missed > 20 && counts.dropped_queue == 0,
            "{counts:?}"
        );
        assert_eq!(counts.started, end.counts.tasks_started, "{counts:?}");
        assert!(counts.waiting() <= 4, "each owes one at most: {counts:?}");
        // Missed starts are counted while their users are still busy.
        assert!(
            rows.iter().all(|row| row.end_s > 2 || row.undelivered > 0),
            "{rows:?}"
        );
    }
}

#[tokio::test]
async fn a_start_that_hangs_is_missed_while_it_hangs_and_when_it_is_cut_off() {
    let lab = slow_lab("30s");
    let text = scenario(
        "{users: 2, spawn_rate: 100, stop_timeout: 0s}",
        "{pacing: 100ms}",
        "",
    );
    let bench = {
        let mut bench = Bench::new(&text, &lab.url());
        bench.start(2, 100.0).await;
        bench
    };
    let missed = |s: &Arc<Snapshot>| s.counts.tasks_missed >= 10;
    let live = bench.until("missed starts", missed).await;
    assert_eq!(live.counts.succeeded + live.counts.failed, 0);
    let end = bench.stop().await;
    assert_adds_up(&end);
    let counts = only(&end).counts;
    assert_eq!(counts.started, 2);
    // A period is 100 ms: whole periods since each user's first start.
    let periods = (end.elapsed_s * 10.0 * 2.0) as u64;
    assert!(
        counts.planned <= periods + 2,
        "{counts:?} in {} s",
        end.elapsed_s
    );
    assert!(
        counts.missed + 4 >= counts.planned.saturating_sub(2),
        "{counts:?}"
    );
}

#[tokio::test]
async fn a_load_that_is_delivered_passes() {
    let lab = lab(LabConfig::default());
    for (load, wait) in [
        ("{rate: 50/s, max_users: 20, run_time: 2s}", "0s"),
        ("{rate: 20/s, arrivals: poisson, run_time: 2s}", "0s"),
        (
            "{users: 5, spawn_rate: 100, run_time: 2s}",
            "{pacing: 500ms}",
        ),
        (
            "{users: 3, spawn_rate: 100, iterations: 12}",
            "{pacing: 150ms}",
        ),
        ("{rate: 50/s, iterations: 20}", "0s"),
    ] {
        let (end, _) = run_on(2, &scenario(load, wait, ""), &lab.url()).await;
        let line = only(&end);
        assert!(line.counts.started > 0, "{line:?}");
        let is_disturbed = line.own > 0.0 || end.unsound().is_some();
        assert!(
            is_disturbed || judged(&end).verdict == Verdict::Pass,
            "{load}: {line:?} {:#?}",
            judged(&end)
        );
    }
}

#[tokio::test]
async fn think_times_plan_nothing() {
    let lab = lab(LabConfig::default());
    for wait in ["20ms", "{poisson: 20/s}"] {
        let text = scenario("{users: 2, spawn_rate: 100, run_time: 1s}", wait, "");
        let (end, rows) = run_on(2, &text, &lab.url()).await;
        assert_eq!(end.deliveries.len(), 0, "{:?}", end.deliveries);
        assert!(rows.iter().all(|row| row.planned == 0));
    }
}

#[tokio::test]
async fn it_can_be_accepted() {
    let lab = slow_lab("200ms");
    let load = "{rate: 50/s, max_users: 2, queue: 5, run_time: 2s, undelivered: accept}";
    let (end, _) = run_on(2, &scenario(load, "0s", ""), &lab.url()).await;
    let judgement = judged(&end);
    assert!(
        matches!(judgement.verdict, Verdict::Pass | Verdict::Invalid),
        "{judgement:#?}"
    );
    assert!(
        !judgement.reason.contains("not delivered"),
        "{judgement:#?}"
    );
    let said = |id: &str| judgement.remarks.iter().any(|remark| remark.id == id);
    assert!(said("load.accepted"), "{judgement:#?}");
}

#[tokio::test]
async fn criteria_on_planned_starts_decide_instead() {
    let lab = slow_lab("200ms");
    let load = "{rate: 50/s, max_users: 2, queue: 5, run_time: 3s}";
    let criteria = "criteria: [delivered >= 5%, delivered of class:U >= 90%, dropped < 1%, dropped > 10, missed == 0, delivered < 90% every 1s]";
    let (end, _) = run_on(2, &scenario(load, "0s", criteria), &lab.url()).await;
    let standings: Vec<_> = judged(&end)
        .criteria
        .iter()
        .map(|line| line.standing)
        .collect();
    use Standing::{Broken, Met};
    assert_eq!(
        standings[..5],
        [Met, Broken, Broken, Met, Met],
        "{:#?}",
        judged(&end).criteria
    );
    assert_eq!(standings[5], Met, "{:#?}", judged(&end).criteria[5]);
    assert!(matches!(
        judged(&end).verdict,
        Verdict::Fail | Verdict::Invalid
    ));
    let value = judged(&end).criteria[3].value;
    assert_eq!(value, Some(only(&end).counts.dropped() as f64));
}

#[tokio::test]
async fn classes_are_told_apart() {
    let lab = slow_lab("100ms");
    let text = "load: {users: 4, spawn_rate: 100, run_time: 2s}
criteria: [missed of class:Fast > 10, missed of class:Calm == 0, delivered of class:Open >= 50%]
user_classes:
  Fast: {wait: {pacing: 20ms}, tasks: {t: [{get: /api/v1/health/}]}}
  Calm: {wait: {pacing: 800ms}, tasks: {t: [{get: /api/v1/health/}]}}
  Free: {wait: 100ms, tasks: {t: [{get: /api/v1/health/}]}}
  Open: {load: {rate: 10/s}, tasks: {t: [{get: /api/v1/health/}]}}
";
    let (end, _) = run_on(3, text, &lab.url()).await;
    let standings: Vec<_> = judged(&end)
        .criteria
        .iter()
        .map(|line| line.standing)
        .collect();
    assert_eq!(standings[0], Standing::Met, "{:#?}", judged(&end).criteria);
    let names: Vec<_> = end
        .deliveries
        .iter()
        .map(|line| line.name.as_str())
        .collect();
    assert_eq!(names, ["Fast", "Calm", "Open"]);
}

#[tokio::test]
async fn requests_held_back_by_a_cap_are_its_fault() {
    let lab = lab(LabConfig::default());
    for (load, wait) in [
        (
            "{rate: 100/s, max_users: 3, queue: 2, max_rps: 20, run_time: 2s}",
            "0s",
        ),
        (
            "{users: 5, spawn_rate: 100, max_rps: 10, run_time: 2s}",
            "{pacing: 100ms}",
        ),
    ] {
        let (end, _) = run_on(2, &scenario(load, wait, ""), &lab.url()).await;
        assert_undelivered(&end);
        let counts = only(&end).counts;
        assert!(counts.by_max_rps * 2 > counts.undelivered(), "{counts:?}");
        let reason = &judged(&end).reason;
        assert!(
            reason.contains("`max_rps`") || judged(&end).verdict == Verdict::Invalid,
            "{reason}"
        );
    }
}

#[tokio::test]
async fn starts_without_use_are_the_scripts() {
    let lab = lab(LabConfig::default());
    let text = "load: {rate: 40/s, max_users: 4, run_time: 1500ms}
user_classes:
  U:
    variables: {n: 0}
    tasks: {t: {when: n > 0, steps: [{get: /api/v1/health/}]}}
";
    let text = text.replace("    variables: {n: 0}\n", "    on_start: [{set: {n: 0}}]\n");
    let (end, _) = run_on(2, &text, &lab.url()).await;
    let counts = only(&end).counts;
    assert_eq!(counts.started, 0);
    assert!(counts.dropped_script > 30, "{counts:?}");
    assert_ne!(judged(&end).verdict, Verdict::Pass, "{:#?}", judged(&end));
}

#[tokio::test]
async fn seconds_that_an_operator_made_are_not_judged() {
    let lab = slow_lab("100ms");
    let text = scenario("{rate: 5/s, max_users: 2, queue: 1}", "0s", "");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start_as_planned().await;
    bench
        .until("a second", |s: &Arc<Snapshot>| s.elapsed_s > 1.5)
        .await;
    let edit = Edit {
        rate: Some(200.0),
        ..Edit::default()
    };
    bench.change(Change::Load(edit)).await.expect("edits");
    let dropped = |s: &Arc<Snapshot>| s.counts.arrivals_dropped > 50;
    bench.until("drops", dropped).await;
    let back = Change::BackToPlan(Suspended::Rate);
    bench.change(back).await.expect("goes back");
    let now_s = bench.runs.snapshot().elapsed_s;
    bench
        .until("a while", |s: &Arc<Snapshot>| s.elapsed_s > now_s + 2.5)
        .await;
    let end = bench.stop().await;
    assert_adds_up(&end);
    let line = only(&end);
    assert!(line.counts.dropped_queue > 50, "{line:?}");
    assert!(line.judged.undelivered() <= 3, "{line:?}");
    assert!(line.judged.started >= 10, "{line:?}");
    let reason = &judged(&end).reason;
    assert!(
        line.judged.undelivered() > 0 || !reason.contains("not delivered"),
        "{reason}"
    );
    let is_told = judged(&end)
        .findings
        .iter()
        .any(|one| one.id == "load.max_users");
    assert!(
        is_told || line.own > 0.0,
        "shown all the same: {:#?}",
        judged(&end)
    );
}

#[tokio::test]
async fn a_burst_and_a_pause_are_not_judged() {
    let lab = slow_lab("150ms");
    let text = scenario("{users: 2, spawn_rate: 100}", "{pacing: 400ms}", "");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start(2, 100.0).await;
    bench
        .until("a second", |s: &Arc<Snapshot>| s.elapsed_s > 1.2)
        .await;
    bench.change(Change::Pause).await.expect("pauses");
    bench
        .until("a pause", |s: &Arc<Snapshot>| s.elapsed_s > 2.4)
        .await;
    bench.change(Change::Resume).await.expect("resumes");
    let burst = Burst {
        factor: 3.0,
        rise: Duration::ZERO,
        hold: Duration::from_secs(1),
    };
    bench.change(Change::Burst(burst)).await.expect("a burst");
    bench
        .until("a while", |s: &Arc<Snapshot>| s.elapsed_s > 5.5)
        .await;
    let end = bench.stop().await;
    assert_adds_up(&end);
    let line = only(&end);
    // 2 users every 400 ms for 5.5 s, less the pause; 4 more for a second.
    let planned = line.counts.planned;
    assert!(planned >= 20, "{line:?}");
    assert!(line.judged.planned + 8 <= planned, "{line:?}");
    assert!(
        line.counts.missed <= 2 || line.own > 0.0,
        "nothing is planned in a pause: {line:?}"
    );
}
