//! What a scenario's steps do on the wire and in the figures.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::get;
use swarmdeck::format::event_lines;
use swarmdeck::locust::StatsRequests;
use swarmdeck::run::{Snapshot, StatRow};

use crate::support::{Bench, assert_conserved, assert_sound, serve_app};

/// What a server was asked, in order.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn note(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }

    fn lines(&self) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.clone()
    }

    /// How often each line came.
    fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for line in self.lines() {
            *counts.entry(line).or_default() += 1;
        }
        counts
    }
}

/// Notes path and body; paths that begin with `/bad` are answered with 500.
async fn note(State(seen): State<Seen>, request: Request) -> Response {
    let path = request.uri().to_string();
    let body = axum::body::to_bytes(request.into_body(), 1 << 16).await;
    let body = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    let space = if body.is_empty() { "" } else { " " };
    seen.note(format!("{path}{space}{body}"));
    let status = if path.starts_with("/bad") {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    };
    (status, "{\"id\": 7, \"list\": [1, 2, 3]}").into_response()
}

/// A server that notes everything, and what it noted.
async fn noting() -> (String, Seen) {
    let seen = Seen::default();
    let app = Router::new().fallback(note).with_state(seen.clone());
    (serve_app(app).await, seen)
}

fn row<'a>(snapshot: &'a Snapshot, name: &str) -> &'a StatRow {
    let rows = &snapshot.tables.requests;
    let found = rows.iter().find(|row| &*row.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {rows:?}"))
}

/// One user does one task and ends; what arrived, and the final figures.
async fn once(body: &str) -> (Vec<String>, Arc<Snapshot>) {
    let (url, seen) = noting().await;
    let mut bench = Bench::class(&format!("    iterations: 1\n{body}"), &url);
    bench.start(1, 1_000.0).await;
    let ended = |s: &Arc<Snapshot>| s.counts.users_ended == 1;
    bench.until("the user's end", ended).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_sound(&end);
    (seen.lines(), end)
}

#[tokio::test]
async fn steps_send_what_they_say() {
    let body = "    variables: {who: me, n: 0}
    tasks:
      t:
        - get: /first
          capture: {id: {json: $.id}, list: {json: $.list}}
        - set: {next: '{{ id + 1 }}', order: {who: '{{ who }}', ids: ['{{ id }}']}}
        - post: /set
          json: '{{ order }}'
        - if: next == 8
          then: [{get: '/then/{{ next }}'}]
          else: [{get: /else}]
        - repeat: {each: item, in: list}
          steps: [{get: '/item/{{ item }}'}]
        - repeat: {while: n < 2}
          steps: [{set: {n: '{{ n + 1 }}'}}, {get: '/n/{{ n }}'}]";
    let (lines, end) = once(body).await;
    let expected = [
        "/first",
        r#"/set {"who":"me","ids":[7]}"#,
        "/then/8",
        "/item/1",
        "/item/2",
        "/item/3",
        "/n/1",
        "/n/2",
    ];
    assert_eq!(lines, expected);
    assert_eq!((end.counts.succeeded, end.counts.tasks_succeeded), (8, 1));
}

#[tokio::test]
async fn thinking_is_not_part_of_times_but_of_groups() {
    let body = "    wait: {pacing: 1s}
    tasks:
      t:
        - think: 120ms
        - group: all
          steps: [{get: /a}, {think: 150ms}, {get: /bad}]";
    let (_, end) = once(body).await;
    let group = row(&end, "all");
    assert_eq!(group.method, "GROUP");
    assert_eq!((group.requests, group.failures), (1, 1));
    assert!(group.min_us >= Some(150_000), "{group:?}");
    assert!(row(&end, "/bad").max_us < Some(150_000));
    // A user that thinks first is not late for its plan.
    let response = row(&end, "/a").latencies.response.p50_us;
    assert!(response.is_some_and(|us| us < 120_000), "{response:?}");
    // The group is in no sum over requests.
    let aggregated = &end.tables.aggregated;
    assert_eq!((aggregated.requests, aggregated.failures), (2, 1));
    assert!(aggregated.max_us < Some(150_000));
    assert!(end.total.service.p99_us < Some(150_000));
    assert!(end.elapsed_s > 0.25);
    let locust = StatsRequests::new(&end);
    let shown: Vec<_> = locust
        .stats
        .iter()
        .map(|row| (&*row.method, &*row.name, row.num_requests))
        .collect();
    let expected = [
        ("GET", "/a", 1),
        ("GET", "/bad", 1),
        ("GROUP", "all", 1),
        ("", "Aggregated", 2),
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_task_fails_under_its_own_name() {
    let body = "    on_stop: [{get: /last}]
    tasks:
      buy: [{get: /a}, {fail: no stock}, {get: /never}]";
    let (lines, end) = once(body).await;
    assert_eq!(lines, ["/a", "/last"]);
    assert_eq!((end.counts.failed, end.counts.tasks_failed), (0, 1));
    let [line] = end.tables.failures.as_slice() else {
        panic!("{:?}", end.tables.failures)
    };
    assert_eq!((&*line.method, &*line.name), ("TASK", "buy"));
    assert_eq!((&*line.kind, line.text.as_str()), ("fail", "no stock"));
    assert_eq!(line.count, 1);
}

#[tokio::test]
async fn a_user_that_stops_itself_is_gone_after_its_on_stop() {
    let (url, seen) = noting().await;
    let body = "    on_stop: [{get: /last}]
    tasks:
      t: [{get: /a}, {stop_user: true}, {get: /never}]";
    let mut bench = Bench::class(body, &url);
    bench.start(5, 1_000.0).await;
    let ended = |s: &Arc<Snapshot>| s.counts.users_ended == 5;
    bench.until("everybody's end", ended).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let counts = seen.counts();
    assert_eq!((counts["/a"], counts["/last"], counts.len()), (5, 5, 2));
}

#[tokio::test]
async fn polls_until_it_holds_or_time_is_up() {
    let asked = Arc::new(AtomicU64::new(0));
    let state = get(async move || {
        if asked.fetch_add(1, Ordering::Relaxed) < 3 {
            return (StatusCode::SERVICE_UNAVAILABLE, "{}");
        }
        (StatusCode::OK, "{\"state\": \"done\"}")
    });
    let app = Router::new().route("/state", state).fallback(async || "{}");
    let url = serve_app(app).await;
    let body = "    iterations: 1
    on_start:
      - poll: {until: state == 'done', every: 10ms, timeout: 20s}
        steps:
          - get: /state
            capture: {state: {json: $.state}}
    tasks:
      wait_for_more:
        - poll: {until: more == 1, every: 10ms, timeout: 100ms}
          steps:
            - get: /more
              expect: {json: {$.more: {exists: false}}}
        - set: {more: 1}
        - get: /after";
    let mut bench = Bench::class(body, &url);
    bench.start(1, 1_000.0).await;
    let ended = |s: &Arc<Snapshot>| s.counts.users_ended == 1;
    bench.until("the user's end", ended).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.users_failed, 0, "{:?}", end.tables.failures);
    assert_eq!(
        (row(&end, "/state").requests, row(&end, "/state").failures),
        (4, 3)
    );
    assert_eq!(row(&end, "/after").requests, 1);
    assert!(row(&end, "/more").requests > 1);
    assert_eq!(end.counts.tasks_failed, 1);
    let lines = end.tables.failures.iter();
    let poll = lines.clone().find(|line| line.kind == "poll");
    let poll = poll.unwrap_or_else(|| panic!("{:?}", end.tables.failures));
    assert_eq!(&*poll.name, "wait_for_more");
    assert_eq!(poll.text, "timed out after 100ms: more == 1");
}

#[tokio::test]
async fn lines_in_the_log_are_bounded() {
    let (url, _) = noting().await;
    let body = "    wait: 1ms\n    tasks: {t: [{get: /a}, {log: 'hello {{ 1 + 1 }}'}]}";
    let mut bench = Bench::class(body, &url);
    bench.start(10, 1_000.0).await;
    bench.until("two seconds", |s| s.elapsed_s > 2.0).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let hello = events.iter().filter(|event| event.text == "hello 2");
    let hello = hello.count();
    assert!((10..=50).contains(&hello), "{hello}");
    assert!(
        events
            .iter()
            .any(|event| event.text.contains("`log` lines skipped")),
        "{events:?}"
    );
}

#[tokio::test]
async fn users_go_through_their_tasks_in_order() {
    let (url, seen) = noting().await;
    let body = "    order: sequential
    iterations: 5
    tasks:
      a: [{get: /a}]
      b: {when: nothing is defined, steps: [{get: /b, capture: {nothing: {json: $.nothing}}}]}
      c: [{get: /c}]
      d: [{get: /d}]";
    let mut bench = Bench::class(body, &url);
    bench.start(3, 1_000.0).await;
    let ended = |s: &Arc<Snapshot>| s.counts.users_ended == 3;
    bench.until("everybody's end", ended).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let counts: Vec<_> = seen.counts().into_iter().collect();
    let expected = [("/a", 6), ("/c", 6), ("/d", 3)].map(|(path, count)| (path.to_owned(), count));
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn users_follow_transitions() {
    let (url, seen) = noting().await;
    let body = "    transitions: {a: {b: 1}, b: {a: 1}}
    tasks: {a: [{get: /a}], b: [{get: /b}], c: [{get: /c}]}";
    let mut bench = Bench::class(body, &url);
    bench.start(1, 1_000.0).await;
    bench.until_requests(500).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let lines = seen.lines();
    let turns = lines.windows(2).filter(|pair| pair[1] != "/c");
    assert!(turns.clone().all(|pair| pair[0] != pair[1]), "{lines:?}");
    assert!(lines.iter().skip(50).all(|line| line != "/c"), "{lines:?}");
}

#[tokio::test]
async fn a_user_that_is_dismissed_while_it_thinks_leaves_at_once() {
    let (url, _) = noting().await;
    let body = "    on_stop: [{get: /last}, {think: 10ms}, {get: /very/last}]
    tasks: {t: [{group: g, steps: [{get: /a}, {think: 1h}, {get: /never}]}]}";
    let mut bench = Bench::class(body, &url);
    bench.spec.stop_timeout = Duration::from_secs(3_600);
    bench.start(10, 1_000.0).await;
    bench.until_requests(10).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!((end.counts.tasks_cut_off, end.counts.cut_off), (10, 0));
    assert_eq!(row(&end, "/very/last").requests, 10);
}

#[tokio::test]
async fn a_loop_that_sends_nothing_holds_nobody_up() {
    let (url, _) = noting().await;
    let text = "user_classes:
  Spins:
    count: 2
    tasks: {t: [{repeat: 1000000, steps: [{repeat: 1000000, steps: [{set: {x: 1}}]}]}]}
  Works:
    wait: 1ms
    tasks: {t: [{get: /a}]}
";
    let mut bench = Bench::new(text, &url);
    bench.start(6, 1_000.0).await;
    bench.until_requests(100).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.tasks_cut_off, 2);
}

/// Sets a cookie for each path below `/set`, says which ones it was sent, and
/// takes its time, so that requests overlap.
async fn cookies(State(open): State<Arc<(AtomicU64, AtomicU64)>>, request: Request) -> Response {
    let (now, most) = &*open;
    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(50)).await;
    now.fetch_sub(1, Ordering::SeqCst);
    let path = request.uri().path().to_owned();
    let sent = request.headers().get(header::COOKIE);
    let sent = sent.and_then(|value| value.to_str().ok()).unwrap_or("");
    let body = format!(
        "{{\"path\": \"{path}\", \"cookies\": {}}}",
        sent.split("; ").filter(|one| !one.is_empty()).count()
    );
    let name = path.trim_matches('/').replace('/', "_");
    let cookie = format!("{name}=1; Path=/");
    let status = if path == "/bad" {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    };
    (status, AppendHeaders([(header::SET_COOKIE, cookie)]), body).into_response()
}

#[tokio::test]
async fn requests_at_the_same_time_share_cookies_and_capture_in_order() {
    let open = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let app = Router::new()
        .fallback(cookies)
        .with_state(Arc::clone(&open));
    let url = serve_app(app).await;
    let body = "    iterations: 2
    on_stop: [{stop_user: true}]
    tasks:
      page:
        - parallel:
            - {get: /p/0, capture: {last: {json: $.path}}}
            - {get: /p/1, capture: {last: {json: $.path}}}
            - get: /p/2
            - get: /p/3
            - get: /p/4
            - get: /p/5
            - get: /p/6
            - {get: /p/7, capture: {last: {json: $.path}}}
        - get: '/after'
          query: {last: '{{ last }}'}
          expect: {json: {$.cookies: 8}}
          name: after
          capture: {n: {json: $.cookies}}
        - if: last != '/p/7'
          then: [{fail: captures out of order}]
        - stop_user: true";
    let mut bench = Bench::class(body, &url);
    bench.start(1, 1_000.0).await;
    let ended = |s: &Arc<Snapshot>| s.counts.users_ended == 1;
    bench.until("the user's end", ended).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.succeeded, 9, "{:?}", end.tables.failures);
    assert_eq!(end.counts.tasks_succeeded, 1, "{:?}", end.tables.failures);
    assert_eq!(end.counts.connections_opened, 6);
    assert_eq!(open.1.load(Ordering::SeqCst), 6, "at the same time");
    assert_eq!(row(&end, "/p/3").requests, 1);
}

#[tokio::test]
async fn one_bad_request_among_several_fails_the_task() {
    let (lines, end) =
        once("    tasks: {t: [{parallel: [{get: /a}, {get: /bad}]}, {get: /b}]}").await;
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2], "/b");
    assert_eq!((end.counts.failed, end.counts.tasks_failed), (1, 1));
}

#[tokio::test]
async fn requests_at_the_same_time_are_cut_off_honestly() {
    let slow = get(async || tokio::time::sleep(Duration::from_secs(3_600)).await);
    let app = Router::new()
        .route("/slow/{n}", slow)
        .fallback(async || "fine");
    let url = serve_app(app).await;
    let list = |path: &str| -> String {
        let requests = (0..8).map(|n| format!("{{get: {path}/{n}}}"));
        requests.collect::<Vec<_>>().join(", ")
    };
    let (fast, slow) = (list("/fast"), list("/slow"));
    let body = format!("    tasks: {{t: [{{parallel: [{fast}]}}, {{parallel: [{slow}]}}]}}");
    let mut bench = Bench::class(&body, &url);
    bench.spec.stop_timeout = Duration::ZERO;
    bench.start(10, 1_000.0).await;
    let waiting = |s: &Arc<Snapshot>| s.counts.succeeded == 80 && s.counts.in_flight() == 60;
    bench.until("everybody to wait", waiting).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!((end.counts.cut_off, end.counts.tasks_cut_off), (60, 10));
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
}

#[tokio::test]
async fn a_file_with_all_of_it_runs() {
    let app = Router::new().fallback(async || "{\"state\": \"open\", \"token\": \"t\"}");
    let url = serve_app(app).await;
    let text = include_str!("../../../scenarios/flow.yaml");
    let mut bench = Bench::new(text, &url);
    bench.start(30, 1_000.0).await;
    let all = |s: &Arc<Snapshot>| {
        let kinds = s.tables.failures.iter().map(|line| line.kind.to_string());
        s.tables.requests.iter().any(|row| &*row.name == "checkout")
            && kinds.clone().any(|kind| kind == "fail")
            && s.counts.users_ended > 20
    };
    bench.until("everything to happen", all).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    assert_eq!(end.counts.users_failed, 0);
}
