//! Starting, editing, resetting and stopping.

use std::sync::Arc;
use std::time::{Duration, Instant};

use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Change, Edit, RunState};
use swarmdeck::run::{Author, EventKind, Level, RunError, Runs};

use crate::support::{
    Bench, Manner, assert_conserved, assert_sound, lab, misbehaving_target, refused_port,
};

const HEALTH: &str = "    wait: 20ms
    tasks:
      health:
        - get: /api/v1/health/";

/// What happened, as kinds.
fn kinds(runs: &Runs) -> Vec<EventKind> {
    let (events, _) = event_lines(&runs.log(), 0);
    events.iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn edits_move_users_and_keep_statistics() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(HEALTH, &lab.url());
    bench.start(10, 200.0).await;
    let mut snapshots = bench.runs.snapshots();
    let watcher = tokio::spawn(async move {
        let mut requests = Vec::new();
        while snapshots.changed().await.is_ok() {
            let now = Arc::clone(&snapshots.borrow_and_update());
            requests.push(now.counts.succeeded);
            if now.state == RunState::Stopped {
                break;
            }
        }
        requests
    });
    bench.until_users(10).await;
    for users in [40, 5, 0, 8] {
        bench.edit_users(users).await;
        let reached = bench.until_users(u64::from(users)).await;
        assert_eq!(reached.load.users, users);
        let running =
            |s: &Arc<_>| RunState::Running == AsRef::<swarmdeck::run::Snapshot>::as_ref(s).state;
        bench.until("running", running).await;
    }
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_sound(&end);
    let requests = watcher.await.unwrap();
    assert!(requests.is_sorted(), "{requests:?}");
    assert!(end.counts.users_started >= 48, "{:?}", end.counts);
    let edits = kinds(&bench.runs);
    assert_eq!(
        edits
            .iter()
            .filter(|kind| **kind == EventKind::Edited)
            .count(),
        4
    );
}

#[tokio::test]
async fn an_edit_out_of_range_changes_nothing() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(HEALTH, &lab.url());
    let idle = bench
        .runs
        .change(Change::Load(Edit::default()), Author::new("a test"))
        .await;
    assert!(matches!(idle, Err(RunError::NotActive)), "{idle:?}");
    bench.start(3, 100.0).await;
    for (users, rate) in [
        (Some(-1.0), None),
        (Some(1e9), None),
        (None, Some(0.0)),
        (None, Some(f64::NAN)),
    ] {
        let edit = Edit {
            users,
            spawn_rate: rate,
            rate: None,
        };
        let refused = bench
            .runs
            .change(Change::Load(edit), Author::new("a test"))
            .await;
        assert!(matches!(refused, Err(RunError::Load(_))), "{refused:?}");
    }
    assert_eq!(bench.until_users(3).await.load.users, 3);
    let end = bench.stop().await;
    assert_conserved(&end);
}

#[tokio::test]
async fn a_reset_zeroes_and_the_counts_still_add_up() {
    let lab = lab(LabConfig {
        latency: "2ms..20ms".parse().unwrap(),
        ..LabConfig::default()
    });
    let mut bench = Bench::class(HEALTH, &lab.url());
    bench.start(20, 1_000.0).await;
    for _ in 0..5 {
        let before = bench.until_requests(100).await;
        bench.runs.reset(Author::new("a test")).await.unwrap();
        let after = bench.runs.snapshot();
        assert!(after.counts.succeeded < 50, "{:?}", after.counts);
        assert!(after.generation > before.generation);
        assert_eq!(after.run, before.run);
    }
    bench.until_users(20).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_sound(&end);
    assert_eq!(end.counts.failed, 0);
}

#[tokio::test]
async fn a_run_time_ends_the_run_by_itself() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(HEALTH, &lab.url());
    bench.spec.run_time = Some(Duration::from_secs(1));
    bench.start(5, 100.0).await;
    let end = bench.until_stopped().await;
    assert!(end.elapsed_s >= 1.0, "{}", end.elapsed_s);
    assert_conserved(&end);
    assert!(end.counts.succeeded > 0);
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let last = events.last().unwrap();
    assert_eq!(last.kind, EventKind::Stopped);
    assert!(last.text.contains("run time"), "{}", last.text);
}

#[tokio::test]
async fn a_target_that_never_answers_cannot_hold_a_stop_up() {
    let host = misbehaving_target(Manner::NeverAnswers).await;
    let mut bench = Bench::class(HEALTH, &host);
    bench.start(7, 1_000.0).await;
    bench.until("all wait", |s| s.counts.in_flight() == 7).await;
    let began = Instant::now();
    let end = bench.stop().await;
    // Half a second of stop time-out; the rest is for a busy machine.
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    assert_conserved(&end);
    assert_eq!((end.counts.cut_off, end.counts.tasks_cut_off), (7, 7));
    assert_eq!(end.counts.failed, 0);
}

#[tokio::test]
async fn a_second_start_is_refused_and_a_later_one_begins_from_zero() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(HEALTH, &lab.url());
    bench.start(5, 100.0).await;
    let again = bench.try_start(9, 100.0).await;
    assert!(matches!(again, Err(RunError::Active)), "{again:?}");
    let cleared = bench.runs.clear().await;
    assert!(matches!(cleared, Err(RunError::Active)), "{cleared:?}");
    bench.until_requests(50).await;
    let first = bench.stop().await;
    assert_eq!(first.load.users, 5);

    bench.start(2, 100.0).await;
    let second = bench.runs.snapshot();
    assert!(second.counts.succeeded < first.counts.succeeded);
    assert!(second.elapsed_s < first.elapsed_s);
    assert_ne!(
        second.run.as_ref().unwrap().id,
        first.run.as_ref().unwrap().id
    );
    assert_eq!(
        kinds(&bench.runs)[..2],
        [EventKind::Started, EventKind::Target]
    );
    bench.until_users(2).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.users_started, 2);

    bench.runs.clear().await.unwrap();
    assert_eq!(bench.runs.snapshot().state, RunState::Ready);
    assert_eq!(kinds(&bench.runs), []);
}

#[tokio::test]
async fn a_target_that_is_not_there_starts_nothing() {
    let port = refused_port().await;
    let mut bench = Bench::class(HEALTH, &format!("http://127.0.0.1:{port}"));
    let refused = bench.try_start(5, 100.0).await.unwrap_err();
    assert!(matches!(refused, RunError::Unreachable { .. }), "{refused}");
    assert_eq!(bench.runs.snapshot().state, RunState::Ready);
    let none = bench.try_start(0, 100.0).await.unwrap_err();
    assert!(matches!(none, RunError::Load(_)), "{none}");
}

#[tokio::test]
async fn users_that_cannot_log_in_are_the_first_thing_anyone_sees() {
    let lab = lab(LabConfig {
        password: "another".to_owned(),
        ..LabConfig::default()
    });
    let mut bench = Bench::unrehearsed("4_burst_load.yaml", &lab.url());
    bench.start(10, 1_000.0).await;
    bench
        .until("all failed", |s| s.counts.users_failed == 10)
        .await;
    bench.until("a verdict", |s| s.unsound().is_some()).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.users_failed, 10);
    assert_eq!(end.counts.tasks_started, 0);
    let verdict = end.unsound().unwrap();
    assert!(
        verdict.contains("on_start failed for 10 of 10 users"),
        "{verdict}"
    );
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let said = events
        .iter()
        .rfind(|event| event.kind == EventKind::OnStartFailed);
    let said = said.unwrap();
    assert_eq!(said.level, Level::Error);
    assert!(said.text.contains("10 users ended"), "{}", said.text);
    assert!(said.text.contains("/api/v1/auth/login/"), "{}", said.text);
}
