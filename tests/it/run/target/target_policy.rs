//! Guard rails where every start and every change passes.

use std::time::Duration;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use swarmdeck::client::Clock;
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::{
    Burst, Change, ConnectFailure, Edit, Failure, RailError, Rails, RunState, TargetPattern,
    Targets,
};
use swarmdeck::run::{Author, Consent, EventKind, RunError, spawn_within};
use swarmdeck::verdict::Verdict;

use crate::support::{Bench, lab, serve_app};

const ASKS: &str = "    wait: 10ms
    tasks:
      ask: [{get: /api/v1/health/}]";

fn targets(patterns: &[&str]) -> Option<Targets> {
    let patterns = patterns.iter().map(|text| text.parse::<TargetPattern>());
    let patterns: Result<_, _> = patterns.collect();
    Some(Targets::new(patterns.expect("patterns")))
}

/// A bench with guard rails.
fn within(rails: Rails, mut bench: Bench) -> Bench {
    bench.runs = spawn_within(rails, Clock::start(), 2);
    bench
}

fn rail(result: Result<(), RunError>) -> RailError {
    match result {
        Err(RunError::Rail(error)) => error,
        other => panic!("no rail: {other:?}"),
    }
}

async fn change(bench: &Bench, change: Change) -> Result<(), RunError> {
    let changed = bench.runs.change(change, Author::new("a test")).await;
    changed.map(drop)
}

fn load(users: f64, spawn_rate: f64) -> Change {
    Change::Load(Edit {
        users: Some(users),
        spawn_rate: Some(spawn_rate),
        rate: None,
    })
}

fn events(bench: &Bench, kind: EventKind) -> Vec<String> {
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let events = events.into_iter().filter(|event| event.kind == kind);
    events.map(|event| event.text).collect()
}

#[tokio::test]
async fn every_host_of_a_program_has_to_be_allowed() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        allowed: targets(&["loopback"]),
        ..Rails::default()
    };
    let elsewhere = "http://203.0.113.7";
    let mut refused = within(rails.clone(), Bench::class(ASKS, elsewhere));
    let error = rail(refused.try_start(1, 1.0).await);
    assert!(matches!(&error, RailError::Target { target, .. } if target.host == "203.0.113.7"));
    // One whole address is enough, also in what is done once, and a proxy.
    for text in [
        "user_classes: {U: {tasks: {t: [{get: /}, {get: 'http://203.0.113.7/'}]}}}",
        "setup: [{get: 'http://203.0.113.7/'}]\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        "http: {proxy: 'http://203.0.113.7:1'}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        "http: {resolve: {localhost: 203.0.113.7}}\nuser_classes: {U: {tasks: {t: [{get: 'http://localhost/'}]}}}",
    ] {
        let mut refused = within(rails.clone(), Bench::new(text, &lab.url()));
        let error = rail(refused.try_start(1, 1.0).await);
        assert!(matches!(error, RailError::Target { .. }), "{text}: {error}");
    }
    let mut allowed = within(rails, Bench::class(ASKS, &lab.url()));
    allowed.start(1, 1.0).await;
    allowed.until_requests(1).await;
    allowed.stop().await;
}

#[tokio::test]
async fn a_redirect_leads_to_allowed_hosts_only() {
    let there = Router::new().route("/", get(|| async { "found" }));
    let there = serve_app(there).await;
    let port = there.rsplit(':').next().expect("a port").to_owned();
    // The same machine under another address: nobody listens there.
    let away = format!("http://127.0.0.2:{port}/");
    let app = Router::new()
        .route("/near", get(async move || Redirect::temporary(&there)))
        .route("/away", get(async move || Redirect::temporary(&away)));
    let here = serve_app(app).await;
    let tasks = |path: &str| format!("    wait: 10ms\n    tasks: {{t: [{{get: {path}}}]}}");
    for rails in [
        Rails {
            allowed: targets(&["127.0.0.1"]),
            ..Rails::default()
        },
        Rails {
            unasked: targets(&["127.0.0.1"]),
            ..Rails::default()
        },
    ] {
        let mut near = within(rails.clone(), Bench::class(&tasks("/near"), &here));
        near.start(1, 1.0).await;
        near.until_requests(3).await;
        assert_eq!(near.stop().await.counts.failed, 0);
        let mut away = within(rails, Bench::class(&tasks("/away"), &here));
        away.start(1, 1.0).await;
        away.until_requests(3).await;
        let end = away.stop().await;
        assert_eq!(end.counts.succeeded, 0);
        let failures = end.tables.failures.iter().map(|line| line.failure);
        let expected = Some(Failure::Connect(ConnectFailure::NotAllowed));
        assert_eq!(failures.collect::<Vec<_>>(), [expected]);
    }
}

#[tokio::test]
async fn no_start_and_no_change_goes_beyond_the_users_that_are_allowed() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        max_users: Some(5),
        ..Rails::default()
    };
    let mut bench = within(rails.clone(), Bench::class(ASKS, &lab.url()));
    let too_many = |users| RailError::Users { users, limit: 5 };
    assert_eq!(rail(bench.try_start(6, 100.0).await), too_many(6));
    bench.start(5, 100.0).await;
    bench.until_users(5).await;
    assert_eq!(rail(change(&bench, load(6.0, 1.0)).await), too_many(6));
    let burst = Change::Burst(Burst {
        factor: 2.0,
        rise: Duration::ZERO,
        hold: Duration::from_secs(60),
    });
    assert_eq!(rail(change(&bench, burst.clone()).await), too_many(10));
    assert_eq!(bench.runs.snapshot().load.users, 5, "nothing has changed");
    bench.edit_users(2).await;
    bench.until_users(2).await;
    change(&bench, burst).await.expect("four are allowed");
    bench.until_users(4).await;
    change(&bench, Change::Undo).await.expect("the burst ends");
    change(&bench, Change::Undo).await.expect("five, as before");
    bench.until_users(5).await;
    bench.stop().await;

    // What is planned counts, and so do the users of an open load.
    let open = "load: {rate: 5/s, max_users: 6}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}";
    let mut open = within(rails.clone(), Bench::new(open, &lab.url()));
    assert_eq!(rail(open.try_start(1, 1.0).await), too_many(6));
    let stages =
        "load: {stages: [{over: 1s, users: 7}]}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}";
    let mut stages = within(rails, Bench::new(stages, &lab.url()));
    assert_eq!(rail(stages.try_start(1, 1.0).await), too_many(7));
}

#[tokio::test]
async fn the_lower_limit_of_requests_holds_and_is_said() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        max_rps: Some(20.0),
        ..Rails::default()
    };
    let mut bench = within(rails.clone(), Bench::class(ASKS, &lab.url()));
    bench.start(10, 1_000.0).await;
    let end = bench.until("two seconds", |s| s.elapsed_s >= 2.0).await;
    let started = end.counts.requests_started as f64;
    assert!(
        started <= 20.0 * (end.elapsed_s + 1.0),
        "{started} in {} s",
        end.elapsed_s
    );
    assert!(started >= 10.0, "{started}");
    let said = events(&bench, EventKind::Remark);
    let is_it =
        |text: &String| text.contains("limited to 20 requests/s") && text.contains("--max-rps 20");
    assert!(said.iter().any(is_it), "{said:?}");
    bench.stop().await;

    let own = "load: {max_rps: 5}\nuser_classes: {U: {tasks: {t: [{get: /api/v1/health/}]}}}";
    let mut own = within(rails, Bench::new(own, &lab.url()));
    own.start(1, 1.0).await;
    let said = events(&own, EventKind::Remark);
    assert!(
        !said.iter().any(|text| text.contains("--max-rps")),
        "{said:?}"
    );
    own.stop().await;
}

#[tokio::test]
async fn what_is_confirmed_stays_confirmed() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        unasked: targets(&["private"]),
        ..Rails::default()
    };
    let mut bench = within(rails, Bench::class(ASKS, &lab.url()));
    let error = rail(bench.try_start(1, 1.0).await);
    assert!(matches!(&error, RailError::Unconfirmed(targets) if targets.len() == 1));
    assert_eq!(bench.runs.snapshot().state, RunState::Ready);
    let consent = Consent::Hosts(vec!["127.0.0.1".to_owned()]);
    let (spec, program) = bench.planned();
    let admitted = bench.runs.admit(&consent, &spec, &program).await;
    admitted.expect("confirmed");
    bench.start(1, 1.0).await;
    bench.stop().await;
    bench.start(1, 1.0).await;
    bench.stop().await;
}

#[tokio::test]
async fn a_run_that_nobody_looks_at_is_ramped_down() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(ASKS, &lab.url());
    bench.start(12, 1_000.0).await;
    bench.until_users(12).await;
    // Slowly, so that somebody can be back before all are gone.
    change(&bench, load(12.0, 2.0)).await.expect("slower");
    bench.runs.abandon("nobody".to_owned()).await.expect("goes");
    bench.until("fewer", |s| s.users < 12).await;
    assert!(bench.runs.snapshot().state.is_active());
    change(&bench, load(3.0, 1_000.0)).await.expect("is back");
    let back = bench.until("three", |s| s.users == 3 && s.state == RunState::Running);
    let back = back.await.elapsed_s;
    bench.until("a while", |s| s.elapsed_s > back + 1.0).await;
    assert_eq!(bench.runs.snapshot().users, 3, "it goes on");

    bench.runs.abandon("nobody".to_owned()).await.expect("goes");
    let end = bench.until_stopped().await;
    assert_eq!(end.counts.cut_off, 0, "tasks were finished");
    let said = events(&bench, EventKind::Unattended);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].contains("from 12 users to 0 at 2 users/s"),
        "{said:?}"
    );
}

#[tokio::test]
async fn users_that_the_file_plans_are_ramped_down_as_well() {
    let lab = lab(LabConfig::default());
    let stages = "load: {stages: [{over: 0s, users: 3}, {over: 1h, users: 3}]}
timeline: [{at: 2s, users: 9}]
user_classes: {U: {wait: 20ms, tasks: {t: [{get: /api/v1/health/}]}}}";
    let mut bench = Bench::new(stages, &lab.url());
    bench.start_as_planned().await;
    bench.until_users(3).await;
    bench.runs.abandon("nobody".to_owned()).await.expect("goes");
    let end = bench.until_stopped();
    assert!(end.await.elapsed_s < 60.0);
    let said = events(&bench, EventKind::Unattended);
    assert!(
        said[0].contains("from 3 users to 0 at 1 users/s"),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_planned_load_that_nobody_looks_at_is_stopped() {
    let lab = lab(LabConfig::default());
    let open = "load: {rate: 50/s, max_users: 6, run_time: 1m}\nuser_classes: {U: {tasks: {t: [{get: /api/v1/health/}]}}}";
    let mut bench = Bench::new(open, &lab.url());
    bench.start_as_planned().await;
    bench.until_requests(5).await;
    bench.runs.abandon("nobody".to_owned()).await.expect("goes");
    let end = bench.until_stopped().await;
    let judgement = end.judgement.as_ref().expect("a verdict");
    assert_eq!(judgement.verdict, Verdict::Undecided, "{judgement:?}");
    assert!(
        judgement.reason.starts_with("cut short at 0:0"),
        "{judgement:?}"
    );
    assert_eq!(events(&bench, EventKind::Unattended).len(), 1);
}
