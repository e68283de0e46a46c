//! Following the links of answers.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use swarmdeck::client::Clock;
use swarmdeck::model::{ConnectFailure, Failure, Rails, TargetPattern, Targets};
use swarmdeck::run::{Snapshot, spawn_within};

use crate::support::{Bench, assert_conserved, assert_sound, serve_app};

/// An answer: for which request target, its status, a `Location`, its body.
type Page = (&'static str, u16, &'static str, &'static str);

/// Answers from a table, `HERE` and `THERE` in it being addresses; anything
/// else is `{}`. Notes the request line and the credentials.
async fn serve(pages: &'static [Page], there: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (notes, there) = (Arc::clone(&seen), there.to_owned());
    let app = Router::new().fallback(move |request: Request| {
        let (notes, there) = (Arc::clone(&notes), there.clone());
        async move {
            let target = request.uri().to_string();
            let header = |name: &str| {
                let value = request
                    .headers()
                    .get(name)
                    .and_then(|value| value.to_str().ok());
                value.unwrap_or_default().to_owned()
            };
            let token = header("authorization");
            let line = format!("{} {target} {token}", request.method());
            notes
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line.trim().to_owned());
            let here = format!("http://{}", header("host"));
            let filled = |text: &str| text.replace("THERE", &there).replace("HERE", &here);
            let page = pages.iter().find(|page| page.0 == target);
            let (_, status, location, body) = page.copied().unwrap_or(("", 200, "", "{}"));
            let mut answer =
                Response::builder().status(StatusCode::from_u16(status).expect("status"));
            if !location.is_empty() {
                answer = answer.header("Location", filled(location));
            }
            answer.body(Body::from(filled(body))).expect("an answer")
        }
    });
    (serve_app(app).await, seen)
}

/// One user does one task; what was asked, and the final figures.
async fn once(pages: &'static [Page], steps: &str) -> (Vec<String>, Arc<Snapshot>) {
    once_of(pages, "http://127.0.0.1:1", steps, None).await
}

async fn once_of(
    pages: &'static [Page],
    there: &str,
    steps: &str,
    rails: Option<Rails>,
) -> (Vec<String>, Arc<Snapshot>) {
    let (url, seen) = serve(pages, there).await;
    let steps = steps.replace("THERE", there);
    let body = format!(
        "    iterations: 1\n    headers: {{Authorization: Bearer t}}\n    tasks:\n      t:\n{steps}"
    );
    let mut bench = Bench::class(&body, &url);
    if let Some(rails) = rails {
        bench.runs = spawn_within(rails, Clock::start(), 2);
    }
    bench.start(1, 1_000.0).await;
    let ended = |s: &Arc<Snapshot>| s.counts.users_ended == 1;
    bench.until("the user's end", ended).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_sound(&end);
    let lines = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (lines, end)
}

/// The failures of a run, by their words.
fn failures(end: &Snapshot) -> Vec<String> {
    let rows = end.tables.failures.iter();
    rows.map(|row| row.text.to_string()).collect()
}

#[tokio::test]
async fn pages_are_followed_until_next_is_null() {
    let pages: &[Page] = &[
        (
            "/api/items",
            200,
            "",
            r#"{"next": "HERE/api/items?page=2&cursor=a%2Bb%3D"}"#,
        ),
        (
            "/api/items?page=2&cursor=a%2Bb%3D",
            200,
            "",
            r#"{"next": "?page=3"}"#,
        ),
        ("/api/items?page=3", 200, "", r#"{"next": "/other/last"}"#),
        ("/other/last", 200, "", r#"{"next": null}"#),
    ];
    let steps = "        - get: /api/items
          capture: {next: {json: $.next}}
        - repeat: {while: next}
          steps:
            - get: '{{ next }}'
              capture: {next: {json: $.next}}";
    let (lines, end) = once(pages, steps).await;
    let expected = pages.iter().map(|page| format!("GET {} Bearer t", page.0));
    assert_eq!(lines, expected.collect::<Vec<_>>());
    let mut rows: Vec<_> = end
        .tables
        .requests
        .iter()
        .map(|row| (row.name.to_string(), row.requests))
        .collect();
    rows.sort();
    let expected = [("/api/items".to_owned(), 1), ("{next}".to_owned(), 3)];
    assert_eq!(rows, expected, "one row for all links");
    assert_eq!(end.counts.tasks_succeeded, 1);
}

#[tokio::test]
async fn a_location_of_a_redirect_is_relative_to_the_address_that_sent_it() {
    let pages: &[Page] = &[
        ("/a/start", 302, "b/found", ""),
        ("/a/b/found", 302, "/c/end?x=1", ""),
        ("/c/end?x=1", 200, "", ""),
    ];
    // The last redirect's, which leads from `/a/b/found`, and a header that only
    // the first redirect of another chain sends.
    let steps = "        - get: /a/start
          capture: {next: {header: Location}}
        - get: '{{ next }}'
        - get: /c/end?x=1
          capture: {next: {header: Location, default: \"z\"}}
        - get: '{{ next }}'";
    let (lines, _) = once(pages, steps).await;
    let expected = ["/a/start", "/a/b/found", "/c/end?x=1", "/c/end?x=1"];
    let expected = expected.into_iter().chain(["/c/end?x=1", "/c/z"]);
    assert_eq!(
        lines,
        expected
            .map(|path| format!("GET {path} Bearer t"))
            .collect::<Vec<_>>()
    );

    // Across directories it makes a difference which answer it belongs to.
    let pages: &[Page] = &[
        ("/a/start", 302, "b/found", ""),
        ("/a/b/found", 200, "", ""),
    ];
    let steps = "        - get: /a/start
          capture: {next: {header: Location}}
        - get: '{{ next }}'";
    let (lines, _) = once(pages, steps).await;
    let expected = ["/a/start", "/a/b/found", "/a/b/found"];
    let expected = expected.map(|path| format!("GET {path} Bearer t"));
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_missing_link_ends_the_loop_too() {
    let pages: &[Page] = &[
        ("/list", 200, "", r#"{"links": {"next": {"href": "more"}}}"#),
        ("/more", 200, "", r#"{"links": {}}"#),
    ];
    let steps = "        - get: /list
          capture: {next: {json: $.links.next.href, default: null}}
        - repeat: {while: next != none}
          steps:
            - get: '{{ next }}'
              name: page
              capture: {next: {json: $.links.next.href, default: null}}";
    let (lines, end) = once(pages, steps).await;
    assert_eq!(lines, ["GET /list Bearer t", "GET /more Bearer t"]);
    assert!(end.tables.requests.iter().any(|row| &*row.name == "page"));
    assert_eq!(end.counts.failed, 0);
}

#[tokio::test]
async fn the_location_of_what_was_made_is_followed() {
    let pages: &[Page] = &[
        ("/v1/orders", 201, "orders/7?view=full", "{}"),
        ("/old", 302, "/v2/here/it", ""),
        ("/v2/here/it", 200, "", r#"{"links": ["a", "../b", "/c"]}"#),
    ];
    let steps = "        - post: /v1/orders
          json: {}
          capture: {made: {header: Location}}
        - get: '{{ made }}'
        - delete: '{{ made }}'
          query: {force: [1, 2]}
        - get: /old
          capture: {links: {json: $.links}}
        - repeat: {each: link, in: links}
          steps: [{get: '{{ link }}'}]
        - set: {again: '{{ links[0] }}/x'}
        - parallel: [{get: '{{ again }}'}]
        - get: '{{ made }}/lines/{{ user.number }}'";
    let (lines, end) = once(pages, steps).await;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.trim_end_matches(" Bearer t"))
        .collect();
    let expected = [
        "POST /v1/orders",
        "GET /v1/orders/7?view=full",
        "DELETE /v1/orders/7?view=full&force=1&force=2",
        "GET /old",
        "GET /v2/here/it",
        "GET /v2/here/a",
        "GET /v2/b",
        "GET /c",
        "GET /v2/here/a/x",
        "GET /v1/orders/7?view=full/lines/1",
    ];
    assert_eq!(lines, expected);
    assert_eq!(end.counts.failed, 0);
}

#[tokio::test]
async fn credentials_are_for_origins_that_the_scenario_names() {
    let pages: &[Page] = &[("/list", 200, "", r#"{"next": "THERE/x"}"#)];
    let follow = "        - get: /list
          capture: {next: {json: $.next}}
        - get: '{{ next }}'";
    let (there, seen) = serve(&[], "").await;
    let (_, end) = once_of(pages, &there, follow, None).await;
    assert_eq!(end.counts.failed, 0);
    let named = format!("{follow}\n        - get: THERE/named");
    once_of(pages, &there, &named, None).await;
    let own = format!("{follow}\n          headers: {{Authorization: Bearer own}}");
    once_of(pages, &there, &own, None).await;
    let lines = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let expected = [
        "GET /x",
        "GET /x Bearer t",
        "GET /named Bearer t",
        "GET /x Bearer own",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn guard_rails_hold_for_links_as_for_redirects() {
    let pages: &[Page] = &[("/list", 200, "", r#"{"next": "http://203.0.113.7/x"}"#)];
    let steps = "        - get: /list
          capture: {next: {json: $.next}}
        - get: '{{ next }}'";
    let loopback: TargetPattern = "loopback".parse().expect("a pattern");
    let rails = Rails {
        allowed: Some(Targets::new(vec![loopback])),
        ..Rails::default()
    };
    let (lines, end) = once_of(pages, "", steps, Some(rails)).await;
    assert_eq!(lines, ["GET /list Bearer t"]);
    let expected = Failure::Connect(ConnectFailure::NotAllowed).to_string();
    assert_eq!(failures(&end), [expected]);
}

#[tokio::test]
async fn what_leads_nowhere_is_not_sent() {
    let pages: &[Page] = &[(
        "/list",
        200,
        "",
        r#"{"mail": "mailto:a@example.org", "empty": "", "tail": "?q=a%20b&c=%26"}"#,
    )];
    let steps = "        - get: /list
          capture: {mail: {json: $.mail}, empty: {json: $.empty}, tail: {json: $.tail}}
        - get: '{{ mail }}'
        - get: '{{ empty }}'
        - get: '/search{{ tail | raw }}'
        - get: '/search?x={{ tail }}'";
    let (lines, end) = once(pages, steps).await;
    let expected = [
        "GET /list Bearer t",
        "GET /search?q=a%20b&c=%26 Bearer t",
        "GET /search?x=%3Fq%3Da%2520b%26c%3D%2526 Bearer t",
    ];
    assert_eq!(lines, expected);
    let mut words = failures(&end);
    words.sort();
    let nowhere = |name: &str| format!("not sent: `{{{{ {name} }}}}` is not an http or https URL");
    assert_eq!(words, [nowhere("empty"), nowhere("mail")]);
}
