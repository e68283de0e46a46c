//! What failing answers said, from the target to the tables.

use std::io::Write;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, Redirect};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use swarmdeck::format::event_lines;
use swarmdeck::model::{Failure, Samples};
use swarmdeck::run::{Author, BodyKind, FailureSample, Snapshot};

use crate::support::{
    Bench, Manner, assert_conserved, misbehaving_target, refused_port, serve_app, soon,
};

const CSRF: &str = r#"{"detail":"CSRF Failed: CSRF token missing."}"#;

/// A target whose errors explain themselves.
async fn explains() -> String {
    let json = [(header::CONTENT_TYPE, "application/json")];
    let error = (
        StatusCode::INTERNAL_SERVER_ERROR,
        [("x-request-id", "7f3a"), ("set-cookie", "sid=hidden")],
        r#"{"error":"No active risk model found"}"#,
    );
    let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>";
    let app = Router::new()
        .route("/risk", get(async move || error))
        .route(
            "/csrf",
            get(async move || (StatusCode::FORBIDDEN, json, CSRF)),
        )
        .route(
            "/page",
            get(async move || (StatusCode::BAD_GATEWAY, Html(page))),
        )
        .route("/packed", get(packed))
        .route("/echo", get(echo))
        .route("/fine", get(async || "fine, but not what was expected"))
        .route(
            "/binary",
            get(async || (StatusCode::CONFLICT, vec![0_u8; 40])),
        );
    serve_app(app).await
}

async fn packed() -> (StatusCode, [(&'static str, &'static str); 1], Vec<u8>) {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    let text: String = (0..2_000).map(|n| format!("packed {n} ")).collect();
    packed.write_all(text.as_bytes()).expect("in memory");
    let bytes = packed.finish().expect("in memory");
    (
        StatusCode::IM_A_TEAPOT,
        [("content-encoding", "gzip")],
        bytes,
    )
}

/// Says what it was asked with, as debug pages do.
async fn echo(headers: HeaderMap) -> (StatusCode, String) {
    let token = headers.get("authorization").expect("sent");
    let token = token.to_str().expect("text");
    let text =
        format!("{{\"headers\": {{\"Authorization\": \"{token}\"}}, \"n\": 1}}\u{202e}\x1b[2J");
    (StatusCode::BAD_REQUEST, text)
}

/// A run of these steps to its end, in which every request fails.
async fn run(steps: &str, host: &str) -> Arc<Snapshot> {
    let mut bench = bench(steps, host);
    bench.start(2, 100.0).await;
    ended(&bench).await
}

fn bench(steps: &str, host: &str) -> Bench {
    Bench::new(
        &format!(
            "http: {{timeout: 300ms}}\nuser_classes: {{U: {{wait: 5ms, tasks: {{t: {steps}}}}}}}"
        ),
        host,
    )
}

async fn ended(bench: &Bench) -> Arc<Snapshot> {
    bench.until("failures", |s| s.counts.failed >= 20).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    end
}

/// The samples of the only kind of failure of a name.
fn samples<'s>(end: &'s Snapshot, name: &str) -> &'s [Arc<FailureSample>] {
    let lines = end.tables.failures.iter();
    let found: Vec<_> = lines.filter(|line| &*line.name == name).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    let samples = &found[0].samples;
    assert!(samples.len() <= 3 && !samples.is_empty(), "{found:?}");
    assert!(samples.is_sorted_by_key(|one| one.at_s), "{found:?}");
    let first_s = samples[0].at_s;
    assert!(
        (found[0].first_s.expect("a moment") - first_s).abs() < 1e-9,
        "{found:?}"
    );
    samples
}

fn first<'s>(end: &'s Snapshot, name: &str) -> &'s FailureSample {
    &samples(end, name)[0]
}

#[tokio::test]
async fn errors_say_what_they_said() {
    let steps = "[{get: /risk}, {get: /csrf}, {get: /page}, {get: /packed}, {get: /binary}]";
    let end = run(steps, &explains().await).await;
    let risk = first(&end, "/risk");
    assert_eq!(risk.body, r#"{"error":"No active risk model found"}"#);
    assert_eq!((risk.status, risk.body_kind), (Some(500), BodyKind::Text));
    let id = risk.request_id.as_ref().expect("an id");
    assert_eq!(
        (id.field.as_str(), id.value.as_str()),
        ("x-request-id", "7f3a")
    );
    assert!(risk.took_us.expect("a time") > 0);
    assert!(!format!("{risk:?}").contains("hidden"), "{risk:?}");
    let csrf = first(&end, "/csrf");
    assert_eq!(csrf.body, CSRF);
    let kind = ("content-type".to_owned(), "application/json".to_owned());
    assert_eq!(csrf.head, [kind]);
    let page = first(&end, "/page");
    assert_eq!(
        (page.body.as_str(), page.body_kind),
        ("502 Bad Gateway nginx", BodyKind::Page)
    );
    let packed = first(&end, "/packed");
    assert!(packed.body.starts_with("packed 0 packed 1 "), "{packed:?}");
    assert!(packed.body_is_cut, "{packed:?}");
    let binary = first(&end, "/binary");
    assert_eq!(
        (binary.body_kind, binary.body_bytes),
        (BodyKind::Binary, 40)
    );
    assert_eq!(end.tables.failures[0].samples.len(), 3);
}

#[tokio::test]
async fn an_expectation_that_is_not_met_shows_the_answer_too() {
    let steps = "[{get: /fine, name: status, expect: {status: 404}}, \
        {get: /fine, name: body, expect: {text: all is well}}]";
    let end = run(steps, &explains().await).await;
    for name in ["status", "body"] {
        let sample = first(&end, name);
        assert_eq!(sample.body, "fine, but not what was expected");
        assert_eq!(sample.status, Some(200));
    }
}

#[tokio::test]
async fn an_expectation_that_is_not_met_says_what_was_found() {
    let steps = "[{get: /fine, name: body, expect: {text: all is well}}, \
        {get: /fine, name: html, expect: {json: {$.id: 5}}}, \
        {get: /risk, name: text, expect: {status: 500, json: {$.error: 5}}}, \
        {get: /risk, name: gone, expect: {status: 500, json: {$.id: {exists: true}}}}, \
        {get: /risk, name: status}]";
    let end = run(steps, &explains().await).await;
    for (name, found) in [
        ("body", Some("the body has 31 bytes")),
        ("html", Some("the body is not JSON: line 1, column 2: `i`")),
        ("text", Some("found \"No active risk model found\" (text)")),
        ("gone", Some("the body has only `error`")),
        ("status", None),
    ] {
        assert_eq!(first(&end, name).found.as_deref(), found, "{name}");
    }
}

#[tokio::test]
async fn what_decides_nothing_says_what_it_was() {
    let steps = "[{set: {n: '{{ int(1, 1000000) }}', age: 'n/a', list: {a: 1}}}, \
        {get: /fine, name: none, expect: {status: 404}}, \
        {repeat: {while: 'n > 0 and age > 18', max: 2}, steps: [{log: x}]}]";
    let end = run(steps, &explains().await).await;
    let found = |end: &Snapshot| first(end, "t").found.clone();
    assert_eq!(found(&end).as_deref(), Some("found \"n/a\" (text)"));
    assert_eq!(first(&end, "t").text(), "found \"n/a\" (text)");
    let poll = "[{set: {age: 'n/a'}}, {get: /fine, name: none, expect: {status: 404}}, \
        {poll: {until: 'age > 18', every: 1ms, timeout: 2ms}, steps: [{log: x}]}]";
    let end = run(poll, &explains().await).await;
    assert_eq!(found(&end).as_deref(), Some("found \"n/a\" (text)"));
    let each = "[{set: {list: {a: 1}}}, {get: /fine, name: none, expect: {status: 404}}, \
        {repeat: {each: i, in: list}, steps: [{log: x}]}]";
    let end = run(each, &explains().await).await;
    assert_eq!(found(&end).as_deref(), Some("found {\"a\":1} (object)"));
}

#[tokio::test]
async fn requests_at_the_same_time_keep_their_own_answers() {
    let steps = "[{parallel: [{get: /risk}, {get: /csrf}]}]";
    let end = run(steps, &explains().await).await;
    for sample in samples(&end, "/csrf") {
        assert_eq!(sample.body, CSRF);
    }
    for sample in samples(&end, "/risk") {
        assert!(sample.body.contains("risk model"), "{sample:?}");
    }
}

#[tokio::test]
async fn credentials_and_tricks_are_not_shown() {
    let steps = "[{get: /echo, headers: {Authorization: 'Bearer abcdef123456789'}}]";
    let end = run(steps, &explains().await).await;
    let sample = first(&end, "/echo");
    assert_eq!(
        sample.body,
        "{\"headers\": {\"Authorization\": \"***\"}, \"n\": 1}\u{fffd}\u{fffd}[2J"
    );
}

/// A target that says what it was asked with, under no telling name.
async fn grants() -> String {
    let seen = async |headers: HeaderMap| {
        let key = headers
            .get("x-api-key")
            .map(|key| key.to_str().expect("text").to_owned());
        (
            StatusCode::BAD_REQUEST,
            format!("seen: {}", key.unwrap_or_default()),
        )
    };
    let login = async || r#"{"grant": "ab5435-grant-cdef", "other": "of 8 bytes"}"#;
    let app = Router::new()
        .route("/login", get(login))
        .fallback(get(seen));
    serve_app(app).await
}

#[tokio::test]
async fn what_a_user_sends_as_a_credential_is_not_shown() {
    let mut bench = Bench::new(
        "user_classes:
  U:
    wait: 5ms
    on_start:
      - get: /login
        capture: {grant: {json: $.grant}, other: {json: $.other}}
    tasks:
      t:
        - get: /seen
          headers: {X-Api-Key: '{{ grant }}'}
        - get: /login
          expect: {json: {$.grant: '{{ other + grant }}'}}
        - get: /again
          headers: {X-Api-Key: '{{ grant }}'}
          capture: {grant: {json: $.grant}}
        - log: 'grant {{ grant }} and {{ other }}'
        - get: /login
          name: again
          capture: {grant: {json: $.grant}}
        - log: 'grant {{ grant }} and {{ other }}'
",
        &grants().await,
    );
    bench.start(2, 100.0).await;
    let end = ended(&bench).await;
    assert_eq!(first(&end, "/seen").body, "seen: ***");
    // What it would have captured is unset only afterwards.
    assert_eq!(first(&end, "/again").body, "seen: ***");
    let login = first(&end, "/login");
    assert_eq!(
        login.found.as_deref(),
        Some("found \"***\" (text), compared with \"of 8 bytes***\"")
    );
    assert_eq!(login.body, r#"{"grant": "***", "other": "of 8 bytes"}"#);
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let lines: Vec<_> = events.iter().map(|event| event.text.as_str()).collect();
    let log = lines.contains(&"grant *** and of 8 bytes");
    assert!(log, "{lines:?}");
    assert!(
        !lines.iter().any(|line| line.contains("ab5435")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn failures_without_an_answer_say_where_the_time_went() {
    let refused = format!("http://127.0.0.1:{}/", refused_port().await);
    let app = Router::new().fallback(async move || Redirect::temporary(&refused));
    let end = run("[{get: /away}]", &serve_app(app).await).await;
    let gone = first(&end, "/away");
    assert_eq!((gone.status, gone.body_kind), (None, BodyKind::None));

    let end = run(
        "[{get: /x}]",
        &misbehaving_target(Manner::NeverAnswers).await,
    )
    .await;
    let late = first(&end, "/x");
    assert_eq!(late.status, None);
    assert!(late.took_us.expect("a time") >= 300_000, "{late:?}");
    assert!(late.phases.first_byte_us >= 250_000, "{late:?}");
}

#[tokio::test]
async fn what_is_no_http_is_shown() {
    let end = run(
        "[{get: /x}]",
        &misbehaving_target(Manner::SendsGarbage).await,
    )
    .await;
    let strange = first(&end, "/x");
    assert_eq!(strange.status, None);
    assert!(strange.body.contains("SSH-2.0 hello"), "{strange:?}");
    let end = run(
        "[{get: /x}]",
        &misbehaving_target(Manner::ClosesWithinBody).await,
    )
    .await;
    let half = first(&end, "/x");
    // Whether the success that it began as was still in sight is a matter of luck.
    assert_eq!(half.status, Some(200), "{half:?}");
}

#[tokio::test]
async fn without_samples_nothing_is_kept() {
    let mut bench = bench("[{get: /risk}]", &explains().await);
    bench.spec.samples = Samples::None;
    bench.start(2, 100.0).await;
    let end = ended(&bench).await;
    let line = &end.tables.failures[0];
    assert_eq!(line.failure, Some(Failure::Status(500)));
    assert!(line.samples.is_empty(), "{line:?}");
}

#[tokio::test]
async fn after_a_reset_there_are_new_samples() {
    let mut bench = bench("[{get: /risk}]", &explains().await);
    bench.start(2, 100.0).await;
    bench.until("failures", |s| s.counts.failed >= 20).await;
    bench
        .until("samples", |s| !s.tables.failures.is_empty())
        .await;
    let reset = bench.runs.reset(Author::new("a test"));
    soon("a reset", reset).await.expect("resets");
    let reset_s = bench.runs.snapshot().elapsed_s;
    let end = ended(&bench).await;
    let samples = samples(&end, "/risk");
    // One under way at the reset may have ended just before it.
    assert!(
        samples.iter().all(|one| one.at_s > reset_s - 0.5),
        "{samples:?}"
    );
}
