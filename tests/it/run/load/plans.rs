//! Closed and open loads: the plan of a scenario against what came of it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use swarmdeck::lab::LabConfig;
use swarmdeck::run::Snapshot;
use swarmdeck::stats::Row;

use crate::support::{Bench, assert_conserved, lab, serve_app};

/// A scenario with this load, whose users ask the lab for its health.
fn scenario(load: &str) -> String {
    format!(
        "load: {load}\nuser_classes:\n  U:\n    wait: 20ms\n    tasks:\n      t: [{{get: /api/v1/health/}}]\n"
    )
}

/// Runs a scenario until it ends by itself.
async fn run(text: &str, host: &str) -> (Arc<Snapshot>, Vec<Row>) {
    let mut bench = Bench::new(text, host);
    let last = bench.play().await;
    assert_conserved(&last);
    (last, bench.runs.log().rows())
}

#[tokio::test]
async fn stages_are_followed_up_and_down() {
    let lab = lab(LabConfig::default());
    let stages = "[{over: 2s, users: 40}, {over: 500ms, users: 40}, {over: 0s, users: 10}, {over: 2500ms, users: 10}]";
    let (_, rows) = run(&scenario(&format!("{{stages: {stages}}}")), &lab.url()).await;
    let planned: Vec<_> = rows.iter().map(|row| row.planned_users).collect();
    assert_eq!(planned[..4], [20, 40, 10, 10]);
    for row in &rows[..4] {
        let off = row.users.abs_diff(row.planned_users);
        assert!(off <= 2, "{} of {} users", row.users, row.planned_users);
    }
}

#[tokio::test]
async fn a_shape_is_followed_and_ends_with_its_run_time() {
    let lab = lab(LabConfig::default());
    let load = "{users: {saw: {from: 0, to: 30, period: 3s}}, run_time: 4s}";
    let (last, rows) = run(&scenario(load), &lab.url()).await;
    let planned: Vec<_> = rows.iter().map(|row| row.planned_users).collect();
    assert_eq!(planned[..3], [10, 20, 0]);
    assert!((3.9..5.5).contains(&last.elapsed_s), "{}", last.elapsed_s);
}

#[tokio::test]
async fn iterations_are_done_exactly_and_end_the_run() {
    let lab = lab(LabConfig::default());
    let (last, _) = run(
        &scenario("{users: 7, spawn_rate: 100, iterations: 100}"),
        &lab.url(),
    )
    .await;
    assert_eq!(last.counts.tasks_started, 100);
    assert_eq!(last.counts.succeeded, 100);
}

#[tokio::test]
async fn a_cap_holds_for_all_users_together() {
    let lab = lab(LabConfig::default());
    let load = "{users: 20, spawn_rate: 1000, max_rps: 100, run_time: 3s}";
    let (last, _) = run(&scenario(load), &lab.url()).await;
    let requests = last.counts.succeeded;
    // On a busy machine the end comes late, and the cap holds until then.
    let allowed = 100.0 * last.elapsed_s.max(3.0) + 30.0;
    assert!(requests >= 250, "{requests} in 3 s");
    assert!(requests as f64 <= allowed, "{requests}, {allowed} allowed");
    assert_eq!(last.counts.failed, 0);
}

#[tokio::test]
async fn an_open_load_starts_what_it_plans() {
    let lab = lab(LabConfig::default());
    for arrivals in ["even", "poisson"] {
        let load = format!("{{rate: 200/s, arrivals: {arrivals}, max_users: 20, run_time: 3s}}");
        let (last, _) = run(&scenario(&load), &lab.url()).await;
        let counts = last.counts;
        let scheduled = counts.arrivals_scheduled;
        assert_eq!(scheduled, counts.arrivals_started + counts.arrivals_dropped);
        // On a busy machine the end comes late, and starts go on until then.
        let planned = 200.0 * last.elapsed_s.max(3.0);
        let spread = if arrivals == "even" { 12.0 } else { 120.0 };
        let off = (scheduled as f64 - planned).abs();
        assert!(off <= spread, "{arrivals}: {scheduled} of {planned}");
        assert!(counts.arrivals_dropped <= 2, "{counts:?}");
        assert_eq!(counts.arrivals_started, counts.tasks_started);
        assert!(last.total.response.p99_us.is_some());
        assert!(counts.users_started <= 20, "{counts:?}");
    }
}

#[tokio::test]
async fn what_finds_no_user_is_queued_then_dropped() {
    let slow = Router::new().route(
        "/",
        get(async || tokio::time::sleep(Duration::from_millis(100)).await),
    );
    let host = serve_app(slow).await;
    // 2 users manage 20 a second; 100 come.
    let text = "load: {rate: 100/s, max_users: 2, queue: 10, run_time: 2s}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}\n";
    let (last, rows) = run(text, &host).await;
    let counts = last.counts;
    let most = 20.0 * last.elapsed_s + 6.0;
    let started = counts.arrivals_started as f64;
    assert!((10.0..=most).contains(&started), "{started} of {most}");
    assert!(counts.arrivals_dropped > 100, "{counts:?}");
    assert_eq!(
        counts.arrivals_scheduled,
        counts.arrivals_started + counts.arrivals_dropped
    );
    // 10 in front of one in the queue, 20 a second: half a second of waiting.
    let (service, response) = (last.total.service, last.total.response);
    assert!(response.p50_us > Some(400_000), "{response:?}");
    let twice = service.p50_us.map(|us| us * 2);
    assert!(twice < response.p50_us, "{service:?} {response:?}");
    assert!(
        rows.iter()
            .any(|row| row.dropped > 0 && row.response.p50_us > Some(400_000))
    );
}

#[tokio::test]
async fn users_and_arrivals_go_together() {
    let lab = lab(LabConfig::default());
    let text = "load: {users: 5, spawn_rate: 100, run_time: 2s}
user_classes:
  Closed:
    wait: {constant: 50ms}
    tasks: {c: [{get: /api/v1/health/, name: closed}]}
  Open:
    load: {rate: 50/s, max_users: 10, start: 1s}
    tasks: {o: [{get: /api/v1/health/, name: open}]}
";
    let (last, _) = run(text, &lab.url()).await;
    let requests = |name: &str| {
        let row = last.tables.requests.iter().find(|row| &*row.name == name);
        row.map_or(0, |row| row.requests)
    };
    // A busy machine ends it late, and serves closed users more slowly.
    let (closed, open) = (requests("closed") as f64, requests("open") as f64);
    let s = last.elapsed_s;
    assert!(
        (80.0..=s * 100.0 + 10.0).contains(&closed),
        "{closed} in {s} s"
    );
    assert!(
        (45.0..=(s - 1.0) * 50.0 + 2.0).contains(&open),
        "{open} in {s} s"
    );
}

#[tokio::test]
async fn an_open_load_sees_a_stall_that_a_closed_one_hides() {
    // Answers at once, but stands still for 700 ms in every two seconds.
    let began = std::time::Instant::now();
    let stalls = Router::new().route(
        "/",
        get(async move || {
            let at_ms = began.elapsed().as_millis() as u64 % 2_000;
            if at_ms >= 1_300 {
                tokio::time::sleep(Duration::from_millis(2_000 - at_ms)).await;
            }
        }),
    );
    let host = serve_app(stalls).await;
    let text = "load: {rate: 100/s, max_users: 10, queue: 10000, run_time: 5s}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}\n";
    let (last, _) = run(text, &host).await;
    let (service, response) = (last.total.service, last.total.response);
    assert!(response.p99_us > Some(500_000), "{response:?}");
    assert!(service.p50_us < Some(50_000), "{service:?}");
    assert_eq!(last.counts.arrivals_dropped, 0);
}

#[tokio::test]
async fn a_load_that_begins_late_begins_then() {
    let lab = lab(LabConfig::default());
    let stages = "[{over: 0s, users: 20}, {over: 1s, users: 20}]";
    let load = format!("{{start: 1s, stages: {stages}, run_time: 3s}}");
    let (_, rows) = run(&scenario(&load), &lab.url()).await;
    let planned: Vec<_> = rows.iter().map(|row| row.planned_users).collect();
    assert_eq!(planned[..2], [20, 20], "stages end, the number stays");
    assert!(rows[1].users == 20 && rows[0].requests < 20, "{rows:?}");
}

#[tokio::test]
async fn users_that_cannot_start_leave_a_bounded_queue() {
    let refuse = Router::new()
        .route("/login", get(async || axum::http::StatusCode::UNAUTHORIZED))
        .fallback(async || "fine");
    let text = "load: {rate: 200/s, max_users: 10, queue: 5, run_time: 2s}
user_classes:
  U:
    on_start: [{get: /login}]
    tasks: {t: [{get: /}]}
";
    let (last, _) = run(text, &serve_app(refuse).await).await;
    let counts = last.counts;
    assert_eq!(counts.arrivals_started, 0);
    assert_eq!(counts.arrivals_dropped, counts.arrivals_scheduled);
    assert!(counts.users_failed > 10, "{counts:?}");
}

#[tokio::test]
async fn fixed_counts_bound_an_open_load_and_their_users_come_again() {
    let lab = lab(LabConfig::default());
    let text = "load: {rate: 100/s, queue: 0, run_time: 2s}
user_classes:
  U:
    count: 4
    iterations: 10
    tasks: {t: [{get: /api/v1/health/}]}
";
    let (last, _) = run(text, &lab.url()).await;
    let counts = last.counts;
    assert!(counts.arrivals_started > 150, "{counts:?}");
    assert!(counts.users_started >= 15, "{counts:?}");
}

#[tokio::test]
async fn a_ramp_down_under_a_cap_leaves_no_silence() {
    let lab = lab(LabConfig::default());
    let text = scenario("{users: 200, spawn_rate: 1000, max_rps: 50}");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start_as_planned().await;
    bench.until_requests(50).await;
    bench.edit_users(5).await;
    bench.until_users(5).await;
    let then = bench.runs.snapshot().counts.succeeded;
    bench.until_requests(then + 60).await;
    let now = bench.runs.snapshot();
    assert_eq!(now.counts.failed, 0);
    bench.stop().await;
}
