//! The health gate, `setup` and `teardown`: once a run, outside the statistics.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;
use swarmdeck::model::RunState;

use crate::support::{Bench, PATIENCE, assert_conserved, eventually, serve_app};

/// What a server was asked, in order, and how often its health was bad first.
#[derive(Clone, Default)]
struct Seen {
    asked: Arc<Mutex<Vec<String>>>,
    ill: Arc<AtomicU32>,
}

impl Seen {
    fn all(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }
}

async fn answer(State(seen): State<Seen>, request: Request) -> impl IntoResponse {
    let key = request.headers().get(header::AUTHORIZATION);
    let key = key.and_then(|key| key.to_str().ok()).unwrap_or("-");
    let path = request.uri().path().to_owned();
    let asked = format!("{} {path} {key}", request.method());
    seen.asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(asked);
    let less = |ill: u32| ill.checked_sub(1);
    let is_ill = path == "/health"
        && seen
            .ill
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .is_ok();
    match path.as_str() {
        _ if is_ill => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
        "/forbidden" => (StatusCode::FORBIDDEN, String::new()),
        _ => (StatusCode::OK, r#"{"key": "k1"}"#.to_owned()),
    }
}

async fn server(ill: u32) -> (String, Seen) {
    let seen = Seen::default();
    seen.ill.store(ill, Ordering::Relaxed);
    let app = Router::new().fallback(answer).with_state(seen.clone());
    (serve_app(app).await, seen)
}

const SCENARIO: &str = "health: {get: /health, every: 50ms}
setup:
  - post: /tenants
    capture: {key: {json: $.key}}
teardown:
  - delete: /tenants/{{ key }}
headers: {Authorization: '{{ key }}'}
user_classes:
  U:
    wait: 20ms
    tasks: {t: [{get: /work}]}
";

#[tokio::test]
async fn come_before_the_first_user_and_after_the_last() {
    let (host, seen) = server(3).await;
    let mut bench = Bench::new(SCENARIO, &host);
    bench.start(4, 1_000.0).await;
    bench.until_requests(40).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.unsound(), None);
    let asked = seen.all();
    assert_eq!(
        asked[..4],
        ["GET /health -"; 4],
        "three times ill, then well"
    );
    assert_eq!(asked[4], "POST /tenants -");
    assert_eq!(asked.last().unwrap(), "DELETE /tenants/k1 k1");
    let work = asked.iter().filter(|one| *one == "GET /work k1").count();
    assert_eq!(asked.len(), 6 + work, "once each");
    assert_eq!(end.counts.succeeded, work as u64, "and not counted");
}

#[tokio::test]
async fn a_setup_that_fails_starts_nobody_and_is_cleaned_up_after() {
    let (host, seen) = server(0).await;
    let text = SCENARIO.replace("post: /tenants", "post: /forbidden");
    let mut bench = Bench::new(&text, &host);
    bench.start(4, 1_000.0).await;
    let end = bench.until_stopped().await;
    let verdict = end.unsound().expect("a verdict");
    assert!(
        verdict.contains("setup failed: POST /forbidden: status 403"),
        "{verdict}"
    );
    assert_eq!(end.counts.users_started, 0);
    let asked = seen.all();
    assert!(!asked.iter().any(|one| one.contains("/work")), "{asked:?}");
}

#[tokio::test]
async fn a_target_that_stays_ill_starts_nobody() {
    let (host, seen) = server(u32::MAX).await;
    let text = SCENARIO.replace("every: 50ms", "every: 50ms, within: 300ms");
    let mut bench = Bench::new(&text, &host);
    bench.start(4, 1_000.0).await;
    let end = bench.until_stopped().await;
    let verdict = end.unsound().expect("a verdict");
    assert!(
        verdict.contains("not healthy within 300ms: last status 503, "),
        "{verdict}"
    );
    let asked = seen.all();
    assert!((1..=8).contains(&asked.len()), "{asked:?}");
    assert!(asked.iter().all(|one| one == "GET /health -"), "{asked:?}");
}

#[tokio::test]
async fn a_slow_answer_that_is_bad_is_told_with_its_status() {
    let slow = async || {
        tokio::time::sleep(Duration::from_millis(300)).await;
        StatusCode::SERVICE_UNAVAILABLE
    };
    let host = serve_app(Router::new().fallback(slow)).await;
    let text = SCENARIO.replace("every: 50ms", "every: 50ms, within: 500ms");
    let mut bench = Bench::new(&text, &host);
    bench.start(4, 1_000.0).await;
    let end = bench.until_stopped().await;
    let verdict = end.unsound().expect("a verdict");
    let expected = "no users started: not healthy within 500ms: last status 503, ";
    assert!(verdict.starts_with(expected), "{verdict}");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_the_gate() {
    let (host, _) = server(u32::MAX).await;
    let mut bench = Bench::new(SCENARIO, &host);
    bench.start(4, 1_000.0).await;
    bench.edit_users(9).await;
    let end = bench.stop().await;
    assert_eq!(end.counts.users_started, 0);
    assert_eq!(end.state, RunState::Stopped);
}

#[tokio::test]
async fn a_stop_waits_for_setup_no_longer_than_for_tasks() {
    let seen = Seen::default();
    let hang = async || std::future::pending::<StatusCode>().await;
    let app = Router::new().route("/hang", any(hang)).fallback(answer);
    let host = serve_app(app.with_state(seen.clone())).await;
    let text = SCENARIO.replace("teardown:", "  - get: /hang\nteardown:");
    let mut bench = Bench::new(&format!("load: {{stop_timeout: 200ms}}\n{text}"), &host);
    bench.start(4, 1_000.0).await;
    let begun = async || seen.all().iter().any(|one| one.contains("POST"));
    eventually("a setup", PATIENCE, begun).await;
    let end = bench.stop().await;
    assert_eq!(end.counts.users_started, 0);
    let verdict = end.unsound().expect("a verdict");
    let expected = "no users started: setup failed: cut off by the stop after ";
    assert!(verdict.starts_with(expected), "{verdict}");
    // What it had set is there for the teardown.
    let asked = seen.all();
    assert_eq!(
        asked.last().map(String::as_str),
        Some("DELETE /tenants/k1 k1")
    );
}

#[tokio::test]
async fn the_gate_waits_for_a_target_that_does_not_listen_yet() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let mut bench = Bench::new(SCENARIO, &format!("http://{address}"));
    bench.start(4, 1_000.0).await;
    let seen = Seen::default();
    let app = Router::new().fallback(answer).with_state(seen.clone());
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("the port");
    tokio::spawn(async move { axum::serve(listener, app).await });
    bench.until_requests(10).await;
    assert_eq!(bench.stop().await.counts.failed, 0);
}

#[tokio::test]
async fn a_reset_and_a_stop_while_it_is_prepared_lose_nothing() {
    let (host, seen) = server(5).await;
    let mut bench = Bench::new(SCENARIO, &host);
    bench.start(4, 1_000.0).await;
    bench
        .runs
        .reset(swarmdeck::run::Author::new("a test"))
        .await
        .expect("resets");
    bench.until_requests(10).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert!(end.counts.succeeded >= 10);

    // Stopped during setup: that is let finish, and torn down.
    let text = SCENARIO.replace("setup:\n", "setup:\n  - get: /first\n  - think: 500ms\n");
    let mut bench = Bench::new(&text, &host);
    bench.start(4, 1_000.0).await;
    let asked = |what: &str| seen.all().iter().any(|one| one.starts_with(what));
    crate::support::eventually("setup begins", crate::support::PATIENCE, async || {
        asked("GET /first")
    })
    .await;
    let end = bench.stop().await;
    assert_eq!(end.counts.users_started, 0);
    let all = seen.all();
    assert_eq!(
        all.last().map(String::as_str),
        Some("DELETE /tenants/k1 k1"),
        "{all:?}"
    );
}
