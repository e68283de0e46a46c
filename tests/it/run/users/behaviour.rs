//! What users do: waits, weights, counts, conditions, redirects, cookies,
//! captures.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use axum::routing::{get, post};
use swarmdeck::run::{Snapshot, StatRow};

use crate::support::{Bench, assert_conserved, assert_sound, serve_app};

/// Answers every path.
async fn anything() -> String {
    serve_app(Router::new().fallback(async || "fine")).await
}

fn row<'a>(snapshot: &'a Snapshot, name: &str) -> &'a StatRow {
    let rows = &snapshot.tables.requests;
    let found = rows.iter().find(|row| &*row.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {rows:?}"))
}

#[tokio::test]
async fn every_kind_of_wait_runs_at_its_rate() {
    const WAITS: [(&str, f64, bool); 5] = [
        ("100ms", 10.0, false),
        ("{between: [50ms, 150ms]}", 10.0, false),
        ("{pacing: 100ms}", 10.0, true),
        ("{throughput: 10/s}", 10.0, true),
        ("{poisson: 10/s}", 10.0, false),
    ];
    let classes = WAITS.iter().enumerate().map(|(i, (wait, ..))| {
        format!("  W{i}:\n    count: 10\n    wait: {wait}\n    tasks: {{t: [{{get: /w{i}}}]}}\n")
    });
    let text = format!("user_classes:\n{}", classes.collect::<String>());
    let mut bench = Bench::new(&text, &anything().await);
    bench.start(50, 1_000.0).await;
    bench.until("two seconds", |s| s.elapsed_s > 2.0).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    for (i, (wait, per_second, planned)) in WAITS.iter().enumerate() {
        let row = row(&end, &format!("/w{i}"));
        assert_eq!(row.latencies.response.p50_us.is_some(), *planned, "{wait}");
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let starts = row.requests as f64 / 10.0;
        // The first task starts at once. A machine that is busy with other
        // tests may be slower; it is faster only by chance, where chance rules.
        let most = end.elapsed_s * per_second + 1.0;
        let spread = if *planned || wait.starts_with('1') {
            1.0
        } else {
            1.3
        };
        assert!(
            starts <= most * spread,
            "{wait}: {starts} starts, not {most}"
        );
        assert!(starts >= most * 0.3, "{wait}: {starts} starts, not {most}");
    }
}

#[tokio::test]
async fn tasks_are_picked_by_weight() {
    let text = "    wait: 1ms
    tasks:
      often: {weight: 6, steps: [{get: /often}]}
      sometimes: {weight: 3, steps: [{get: /sometimes}]}
      seldom: [{get: /seldom}]";
    let mut bench = Bench::class(text, &anything().await);
    bench.start(20, 1_000.0).await;
    bench.until_requests(3_000).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let all = end.counts.tasks_started as f64;
    for (name, share) in [("/often", 0.6), ("/sometimes", 0.3), ("/seldom", 0.1)] {
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let picked = row(&end, name).requests as f64;
        // Five standard deviations: once in two million runs.
        let off = (picked - all * share).abs() / (all * share * (1.0 - share)).sqrt();
        assert!(off < 5.0, "{name}: {picked} of {all}");
    }
}

#[tokio::test]
async fn classes_come_by_weight_after_their_fixed_counts() {
    let class = |name: &str, population: &str| {
        format!("  {name}:\n    {population}\n    wait: 1h\n    tasks: {{t: [{{get: /{name}}}]}}\n")
    };
    let classes = [
        class("Two", "weight: 2"),
        class("One", "weight: 1"),
        class("Exactly", "count: 4"),
    ];
    let text = format!("user_classes:\n{}", classes.concat());
    let mut bench = Bench::new(&text, &anything().await);
    bench.start(34, 1_000.0).await;
    bench.until_requests(34).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let counts = ["/Exactly", "/Two", "/One"].map(|name| row(&end, name).requests);
    assert_eq!(counts, [4, 20, 10]);
}

#[tokio::test]
async fn fixed_counts_are_all_there_can_be() {
    let text = "    count: 3\n    wait: 1h\n    tasks: {t: [{get: /}]}";
    let mut bench = Bench::class(text, &anything().await);
    let refused = bench.try_start(4, 100.0).await.unwrap_err().to_string();
    assert!(
        refused.contains("3 users in total): cannot start 4 users"),
        "{refused}"
    );
    bench.start(3, 1_000.0).await;
    bench.until_requests(3).await;
    let end = bench.stop().await;
    assert_eq!(end.counts.users_started, 3);
}

#[tokio::test]
async fn a_task_is_not_picked_before_its_variable_is_set() {
    let next = Arc::new(Mutex::new(0));
    let app = Router::new()
        .route(
            "/create",
            post(async move || {
                let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                *next += 1;
                // Most users have to try more than once.
                let status = if *next % 3 == 0 {
                    StatusCode::OK
                } else {
                    StatusCode::CONFLICT
                };
                (status, format!("{{\"id\": {next}}}"))
            }),
        )
        .route("/item/{id}", get(async || "fine"));
    let text = "    wait: 5ms
    tasks:
      create:
        - post: /create
          capture: {id: {json: $.id}}
      read:
        weight: 100
        when: id is defined
        steps:
          - get: /item/{{ id }}";
    let mut bench = Bench::class(text, &serve_app(app).await);
    bench.start(20, 1_000.0).await;
    let read = |s: &Snapshot| {
        s.tables
            .requests
            .iter()
            .any(|row| &*row.name == "/item/{id}" && row.requests > 300)
    };
    bench.until("reads", |s| read(s)).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let kinds: Vec<_> = end
        .tables
        .failures
        .iter()
        .map(|line| line.kind.to_string())
        .collect();
    assert_eq!(kinds, ["status"], "{:?}", end.tables.failures);
    assert_eq!(row(&end, "/item/{id}").failures, 0);
}

/// What each session was given, by its cookie.
type Sessions = Arc<Mutex<HashMap<String, String>>>;

async fn log_in(State(sessions): State<Sessions>) -> impl IntoResponse {
    let mut sessions = sessions.lock().unwrap_or_else(PoisonError::into_inner);
    let session = format!("s{}", sessions.len());
    sessions.insert(session.clone(), String::new());
    let cookie = format!("session={session}; Path=/; HttpOnly");
    (
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Redirect::to("/home"),
    )
}

fn session(headers: &HeaderMap) -> Option<String> {
    let cookie = headers.get(header::COOKIE)?.to_str().ok()?;
    cookie.strip_prefix("session=").map(str::to_owned)
}

/// Gives the session of the cookie an id: in the body, and again in a header.
async fn home(State(sessions): State<Sessions>, headers: HeaderMap) -> impl IntoResponse {
    let Some(session) = session(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let id = format!("{session}-{}", fastrand::u32(..));
    let mut sessions = sessions.lock().unwrap_or_else(PoisonError::into_inner);
    sessions.insert(session, id.clone());
    let body = format!("{{\"list\": [{{\"id\": \"{id}\"}}]}}");
    (AppendHeaders([("x-check", format!("c{id}"))]), body).into_response()
}

/// Answers only the session that was given this id, under both names.
async fn item(
    State(sessions): State<Sessions>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let sessions = sessions.lock().unwrap_or_else(PoisonError::into_inner);
    let given = session(&headers).and_then(|session| sessions.get(&session));
    let check = headers.get("x-check").and_then(|value| value.to_str().ok());
    if given != Some(&id) || check != Some(&format!("c{id}")) {
        return StatusCode::CONFLICT.into_response();
    }
    format!("the word is <w{id}>").into_response()
}

async fn word(State(sessions): State<Sessions>, Path(word): Path<String>) -> StatusCode {
    let sessions = sessions.lock().unwrap_or_else(PoisonError::into_inner);
    let known = sessions
        .values()
        .any(|id| word.strip_prefix('w') == Some(id));
    if known {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

#[tokio::test]
async fn redirects_cookies_and_captures_work_together() {
    let app = Router::new()
        .route("/login", post(log_in))
        .route("/home", get(home))
        .route("/item/{id}", get(item))
        .route("/word/{word}", get(word))
        .with_state(Sessions::default());
    let text = "    wait: 10ms
    on_start:
      - post: /login
        form: {user: me}
        expect: {status: 200}
    tasks:
      chain:
        - get: /home
          capture: {id: {json: '$.list[0].id'}, check: {header: X-Check}}
        - get: /item/{{ id }}
          headers: {X-Check: '{{ check }}'}
          expect: {text: the word is}
          capture: {word: {regex: '<(.+)>'}}
        - get: /word/{{ word }}
          expect: {status: 204}";
    let mut bench = Bench::class(text, &serve_app(app).await);
    bench.start(10, 1_000.0).await;
    bench.until_requests(300).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_sound(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    assert_eq!(end.counts.cut_off, 0);
    // A login is one request of two exchanges.
    assert_eq!(end.counts.exchanges, end.counts.requests_started + 10);
    assert_eq!(row(&end, "/login").requests, 10);
    assert_eq!(
        row(&end, "/word/{word}").requests,
        end.counts.tasks_succeeded
    );
}
