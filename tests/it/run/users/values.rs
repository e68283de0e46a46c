//! Logins, captured values, rows of data and sequences in whole runs, over two
//! shards.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::support::{Bench, assert_conserved, serve_app};

/// What a target remembers, by text.
type Memory = Arc<Mutex<BTreeMap<String, String>>>;

fn locked(memory: &Memory) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The value of a cookie that the request carries.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get("cookie")?.to_str().ok()?;
    all.split("; ")
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .map(str::to_owned)
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// A form with a token; a cookie with another, and one for the session.
async fn show_form(State(memory): State<Memory>) -> impl IntoResponse {
    let mut memory = locked(&memory);
    let number = memory.len();
    let session = format!("s{number}");
    memory.insert(session.clone(), String::new());
    let cookies = [
        ("set-cookie", format!("session={session}; HttpOnly; Path=/")),
        ("set-cookie", format!("csrftoken=c{session}; Path=/")),
    ];
    let page = format!(
        "<!doctype html><form method=post><p>Login<input type=hidden \
         name=csrfmiddlewaretoken value='f&#x2F;{session}'></form>"
    );
    (AppendHeaders(cookies), Html(page))
}

/// Lets in who sends back both tokens, the session, and the right password.
async fn log_in(State(memory): State<Memory>, headers: HeaderMap, body: Bytes) -> Response {
    let session = cookie(&headers, "session").unwrap_or_default();
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let is_genuine = header(&headers, "x-csrftoken") == Some(&format!("c{session}"))
        && form.get("csrfmiddlewaretoken") == Some(&format!("f/{session}"));
    let name = form.get("username").cloned().unwrap_or_default();
    let number = name.trim_start_matches("member");
    let knows = form.get("password") == Some(&format!("pass,{number}"));
    if !is_genuine || !knows {
        return StatusCode::FORBIDDEN.into_response();
    }
    // A second one who logs in as the same member would be a row held twice.
    let mut memory = locked(&memory);
    if memory.values().any(|other| *other == name) {
        return StatusCode::CONFLICT.into_response();
    }
    memory.insert(session, name);
    Redirect::to("/welcome/").into_response()
}

/// Who is logged in.
fn member(memory: &Memory, headers: &HeaderMap) -> Result<String, StatusCode> {
    let session = cookie(headers, "session").ok_or(StatusCode::UNAUTHORIZED)?;
    let name = locked(memory).get(&session).cloned().unwrap_or_default();
    if name.is_empty() {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(name)
}

async fn welcome(State(memory): State<Memory>, headers: HeaderMap) -> Response {
    match member(&memory, &headers) {
        Ok(name) => Html(format!("<title>x</title><h1>Hello <b>{name}</b></h1>")).into_response(),
        Err(status) => status.into_response(),
    }
}

async fn account(State(memory): State<Memory>, headers: HeaderMap) -> Response {
    match member(&memory, &headers) {
        Ok(name) => Json(json!({"name": name, "orders": [{"id": 1}, {"id": 7}]})).into_response(),
        Err(status) => status.into_response(),
    }
}

async fn order(State(memory): State<Memory>, headers: HeaderMap, body: Json<Value>) -> Response {
    match member(&memory, &headers) {
        Ok(name) => Json(json!({"by": name, "id": body["id"]})).into_response(),
        Err(status) => status.into_response(),
    }
}

fn scenario(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/scenarios")
        .join(name)
}

#[tokio::test]
async fn a_login_with_cookies_and_csrf_tokens_works() {
    let memory = Memory::default();
    let app = Router::new()
        .route("/login/", get(show_form).post(log_in))
        .route("/welcome/", get(welcome))
        .route("/account/", get(account))
        .route("/orders/", post(order))
        .with_state(Arc::clone(&memory));
    let mut bench = Bench::file(&scenario("csrf_login.yaml"), &serve_app(app).await);
    bench.start(20, 1_000.0).await;
    bench.until_requests(600).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    let requests = &end.tables.requests;
    let orders = requests.iter().find(|row| &*row.name == "/orders/");
    assert!(orders.is_some_and(|row| row.requests > 50), "{requests:?}");
    let members: BTreeSet<_> = locked(&memory).values().cloned().collect();
    assert_eq!(members.len(), 20, "each user is another member");
}

async fn issue_token(headers: HeaderMap, body: Json<Value>) -> Response {
    if header(&headers, "x-api-key") != Some("key-of-the-test") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let client = body["client"].as_str().unwrap_or_default();
    let token: String = client.bytes().map(|byte| format!("{byte:02x}")).collect();
    (StatusCode::CREATED, Json(json!({"token": token}))).into_response()
}

async fn take_signed(
    State(memory): State<Memory>,
    headers: HeaderMap,
    body: Json<Value>,
) -> StatusCode {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let token = header(&headers, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    let Some(token) = token else {
        return StatusCode::UNAUTHORIZED;
    };
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"key-of-the-test").expect("a key");
    mac.update(token.as_bytes());
    let signature = base64::prelude::BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let client = body["client"].as_str().unwrap_or_default();
    let of_client: String = client.bytes().map(|byte| format!("{byte:02x}")).collect();
    if header(&headers, "x-signature") != Some(&signature) || of_client != token {
        return StatusCode::FORBIDDEN;
    }
    if !body["at"].is_i64() || body["due"].as_str().is_none_or(|due| due.len() != 10) {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    let number = body["number"].to_string();
    match locked(&memory).insert(number, client.to_owned()) {
        None => StatusCode::CREATED,
        Some(_) => StatusCode::CONFLICT,
    }
}

#[tokio::test]
async fn a_login_with_a_token_signs_and_numbers_its_orders() {
    let memory = Memory::default();
    let app = Router::new()
        .route("/token", post(issue_token))
        .route("/signed", post(take_signed))
        .with_state(Arc::clone(&memory));
    let mut bench = Bench::file(&scenario("token_login.yaml"), &serve_app(app).await);
    bench.start(10, 1_000.0).await;
    bench.until_requests(400).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    let memory = locked(&memory);
    let clients: BTreeSet<_> = memory.values().collect();
    assert_eq!(clients.len(), 10);
    assert!(clients.iter().all(|client| client.starts_with("client-")));
    let numbers: BTreeSet<u64> = memory.keys().filter_map(|key| key.parse().ok()).collect();
    // One that was cut off at the stop took a number too.
    let highest = numbers.last().copied().unwrap_or_default();
    assert!(highest <= numbers.len() as u64 + 10, "{highest}");
    assert_eq!(numbers.first(), Some(&1));
}

/// Says 409 to whoever comes while somebody of the same name is here.
async fn hold(State(memory): State<Memory>, UrlPath(name): UrlPath<String>) -> StatusCode {
    let before = locked(&memory).insert(name.clone(), "held".to_owned());
    tokio::task::yield_now().await;
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    locked(&memory).insert(name, "free".to_owned());
    match before.as_deref() {
        Some("held") => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    }
}

fn holding(memory: &Memory) -> Router {
    Router::new()
        .route("/hold/{name}", get(hold))
        .with_state(Arc::clone(memory))
}

/// Rows `{name: r0}`, `{name: r1}`, ...
fn rows(count: usize) -> String {
    let rows: Vec<_> = (0..count).map(|row| format!("{{name: r{row}}}")).collect();
    format!("[{}]", rows.join(", "))
}

#[tokio::test]
async fn unique_rows_are_never_held_twice_at_once() {
    let memory = Memory::default();
    let text = format!(
        "data: {{things: {{rows: {}, pick: unique, per: task}}}}\nuser_classes:\n  U:\n    \
         wait: 1ms\n    tasks: {{t: [{{get: '/hold/{{{{ things.name }}}}'}}]}}\n",
        rows(7)
    );
    let mut bench = Bench::new(&text, &serve_app(holding(&memory)).await);
    bench.start(20, 1_000.0).await;
    bench
        .until("many are held", |s| s.counts.succeeded > 300)
        .await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(locked(&memory).len(), 7, "every row is used");
    let failures = &end.tables.failures;
    assert!(!failures.is_empty(), "20 users want 7 rows");
    for failure in failures {
        assert_eq!(failure.text, "not sent: data \"things\" has run out");
    }
}

#[tokio::test]
async fn users_without_a_row_end_and_leave_the_others_alone() {
    let memory = Memory::default();
    // Only every second user wants a row: all of them are of one shard.
    let text = format!(
        "data: {{things: {{rows: {}, pick: unique, at_end: stop}}}}\nuser_classes:\n  A:\n    \
         wait: 1ms\n    tasks: {{t: [{{get: '/hold/{{{{ things.name }}}}'}}]}}\n  B:\n    \
         wait: 1ms\n    tasks: {{t: [{{get: '/hold/b-of-{{{{ user.number }}}}'}}]}}\n",
        rows(5)
    );
    let mut bench = Bench::new(&text, &serve_app(holding(&memory)).await);
    bench.start(20, 1_000.0).await;
    bench
        .until("those without a row are gone", |s| {
            s.counts.users_started == 20 && s.users == 15 && s.counts.succeeded > 200
        })
        .await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    assert_eq!(end.counts.users_failed, 0);
    let held = locked(&memory);
    let of_rows = held.keys().filter(|name| name.starts_with('r'));
    assert_eq!(of_rows.count(), 5, "rows of the other shard too: {held:?}");
}

#[tokio::test]
async fn sequential_rows_are_used_up_once() {
    let memory = Memory::default();
    let text = format!(
        "data: {{things: {{rows: {}, per: task, at_end: stop}}}}\nuser_classes:\n  U:\n    \
         tasks: {{t: [{{get: '/hold/{{{{ things.name }}}}'}}]}}\n",
        rows(100)
    );
    let mut bench = Bench::new(&text, &serve_app(holding(&memory)).await);
    bench.start(5, 1_000.0).await;
    bench
        .until("all have ended", |s| s.counts.users_ended == 5)
        .await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!((end.counts.succeeded, end.counts.failed), (100, 0));
    assert_eq!(locked(&memory).len(), 100, "each once");
}

/// As frameworks do it: what the login brings is set on the redirect.
async fn redirect_with_cookies() -> Response {
    let cookies = [
        ("set-cookie", "csrftoken=rotated; Path=/"),
        ("set-cookie", "sessionid=s1; Path=/; HttpOnly"),
    ];
    (AppendHeaders(cookies), Redirect::to("/welcome/?from=login")).into_response()
}

/// Says what it was sent.
async fn echo_cookies(headers: HeaderMap) -> Html<String> {
    Html(header(&headers, "cookie").unwrap_or_default().to_owned())
}

#[tokio::test]
async fn captures_see_the_whole_redirect_chain() {
    let app = Router::new()
        .route("/login/", post(redirect_with_cookies))
        .route("/welcome/", get(echo_cookies))
        .route("/orders/", post(echo_cookies));
    let class = "    tasks:
      t:
        - post: /login/
          expect: {text: csrftoken=rotated, header: {Location: {exists: false}}}
          capture:
            csrf: {cookie: csrftoken}
            session: {cookie: sessionid, match: all}
            landed: {header: Location}
        - parallel:
            - post: /login/
              capture: {of_first: {cookie: csrftoken}}
            - post: /orders/
        - post: /orders/
          expect: {text: csrftoken=rotated}
        - get: /welcome/
          capture: {other: {cookie: csrftoken, default: none here}}
        - if: csrf != 'rotated' or of_first != csrf or session != ['s1']
          then: [{fail: cookies}]
        - if: landed != '/welcome/?from=login' or other != 'none here'
          then: [{fail: headers}]";
    let mut bench = Bench::class(class, &serve_app(app).await);
    bench.spec.iterations = Some(3);
    bench.start(1, 100.0).await;
    let end = bench.until_stopped().await;
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    assert_eq!(end.tables.failures.len(), 0, "{:?}", end.tables.failures);
    assert!(end.counts.succeeded >= 12, "{:?}", end.counts);
}
