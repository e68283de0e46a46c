//! The target's faults, as a client meets them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::json;
use swarmdeck::lab::{LabConfig, set_faults};
use tokio::task::JoinSet;

use super::Desk;

const LIST: &str = "/api/v1/deployments/";

fn faulty(faults: &[&str]) -> LabConfig {
    LabConfig {
        faults: faults.iter().map(|text| text.parse().unwrap()).collect(),
        ..LabConfig::default()
    }
}

/// An answer of whatever type.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    /// Whether it is a page of so many bytes.
    fn is_page(&self, status: u16, bytes: usize) -> bool {
        let page = self.headers["content-type"] == "text/html; charset=utf-8"
            && self.body.starts_with("<!doctype html>");
        page && (self.status, self.body.len()) == (status, bytes)
    }
}

async fn ask(desk: &Desk, path: &str) -> Answer {
    send(
        desk.client
            .get(desk.lab.url() + path)
            .bearer_auth(&desk.token),
    )
    .await
}

async fn log_in(desk: &Desk) -> Answer {
    let login = json!({"username": "loadtest_user", "password": "test123"});
    send(
        desk.client
            .post(desk.lab.url() + "/api/v1/auth/login/")
            .json(&login),
    )
    .await
}

async fn publish(desk: &Desk) -> Answer {
    let request = desk
        .client
        .post(desk.lab.url() + "/api/v1/connectors/publish/");
    send(request.bearer_auth(&desk.token).json(&json!({}))).await
}

async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}

/// How often each status came, for so many requests at the same time.
async fn at_once(desk: &Desk, requests: usize) -> BTreeMap<u16, usize> {
    let mut all = JoinSet::new();
    for _ in 0..requests {
        let request = desk.client.get(desk.lab.url() + LIST);
        all.spawn(send(request.bearer_auth(&desk.token)));
    }
    let mut statuses = BTreeMap::new();
    for answer in all.join_all().await {
        *statuses.entry(answer.status).or_default() += 1;
    }
    statuses
}

#[tokio::test]
async fn a_broken_login_refuses_everybody() {
    let desk = Desk::without_login(faulty(&["login-broken"]));
    let answer = log_in(&desk).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
    assert_eq!(ask(&desk, "/api/v1/health/").await.status, 200);
    assert_eq!(ask(&desk, LIST).await.status, 401);
}

#[tokio::test]
async fn a_missing_login_is_a_page_and_the_others_are_there() {
    let desk = Desk::without_login(faulty(&["login-missing"]));
    assert!(log_in(&desk).await.is_page(404, 5_120));
    assert_eq!(ask(&desk, LIST).await.status, 401);
}

#[tokio::test]
async fn a_missing_path_is_a_page_and_the_others_are_there() {
    let desk = Desk::with(faulty(&["path-missing"])).await;
    assert!(publish(&desk).await.is_page(404, 5_120));
    assert_eq!(ask(&desk, LIST).await.status, 200);
    let (_, stats) = desk.get("/lab/stats").await;
    assert_eq!(stats["by_status"], json!({"200": 2, "404": 1}));
}

#[tokio::test]
async fn what_exceeds_the_rate_limit_is_told_when_to_come_again() {
    let desk = Desk::with(faulty(&["rate-limit=3/s"])).await;
    let begun = Instant::now();
    while ask(&desk, LIST).await.status == 200 {}
    assert!(begun.elapsed() < Duration::from_secs(5), "the limit is low");
    let throttled = at_once(&desk, 20).await;
    // The second may end within these, once.
    assert!(throttled[&429] >= 14, "{throttled:?}");
    let answer = loop {
        let answer = ask(&desk, LIST).await;
        if answer.status == 429 {
            break answer;
        }
    };
    assert_eq!(answer.headers[RETRY_AFTER], "1");
    assert!(answer.body.len() < 200, "{}", answer.body);
    assert_eq!(ask(&desk, "/api/v1/health/").await.status, 200);
    assert_eq!(log_in(&desk).await.status, 200);
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(ask(&desk, LIST).await.status, 200);
}

#[tokio::test]
async fn a_share_of_requests_fails_with_a_large_page() {
    let desk = Desk::with(faulty(&["errors=100%"])).await;
    assert!(ask(&desk, LIST).await.is_page(500, 122_880));
    assert_eq!(log_in(&desk).await.status, 200);
    let desk = Desk::with(faulty(&["errors=50%"])).await;
    let statuses = at_once(&desk, 200).await;
    // Fewer than 50 of either come once in 10^12 times.
    assert!(statuses[&200] >= 50 && statuses[&500] >= 50, "{statuses:?}");
}

#[tokio::test]
async fn a_pool_lets_wait_and_gives_up_after_its_timeout() {
    let desk = Desk::with(faulty(&["pool=2,300ms,450ms"])).await;
    let begun = Instant::now();
    let statuses = at_once(&desk, 8).await;
    // Two at 0 ms, two that waited for these; the others wait for more than 450 ms.
    assert_eq!(statuses, BTreeMap::from([(200, 4), (500, 4)]));
    assert!(begun.elapsed() >= Duration::from_millis(600));
    let pool = Desk::with(faulty(&["pool=1,600s,1ms"])).await;
    tokio::select! {
        _ = ask(&pool, LIST) => unreachable!("it keeps its connection for ten minutes"),
        answer = async {
            // Whichever comes first has the connection.
            tokio::time::sleep(Duration::from_millis(200)).await;
            ask(&pool, LIST).await
        } => {
            assert_eq!(answer.status, 500);
            let why = "QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 0.00";
            assert_eq!(answer.body, json!({"detail": why}).to_string());
        }
    }
    // A client that goes away gives its connection back.
    let desk = Desk::with(faulty(&["pool=1,300ms,5s"])).await;
    let leaves = desk
        .client
        .get(desk.lab.url() + LIST)
        .bearer_auth(&desk.token);
    let leaves = leaves.timeout(Duration::from_millis(50)).send().await;
    assert!(leaves.unwrap_err().is_timeout());
    assert_eq!(ask(&desk, LIST).await.status, 200);
}

#[tokio::test]
async fn service_times_jump_and_grow() {
    // The login is the first request.
    let desk = Desk::with(faulty(&["slow-after=1s,400"])).await;
    assert!(took(&desk).await < Duration::from_millis(400));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(took(&desk).await >= Duration::from_millis(400));
    let desk = Desk::with(faulty(&["leak=60s"])).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(took(&desk).await >= Duration::from_millis(200));
}

/// How long a request took that has to succeed.
async fn took(desk: &Desk) -> Duration {
    let begun = Instant::now();
    assert_eq!(ask(desk, LIST).await.status, 200);
    begun.elapsed()
}

#[tokio::test]
async fn a_leak_may_grow_with_requests() {
    let desk = Desk::with(faulty(&["leak=20ms/request"])).await;
    // The login was the first.
    for request in 1..=5 {
        assert!(took(&desk).await >= Duration::from_millis(20) * request);
    }
}

#[tokio::test]
async fn a_lock_is_held_by_one_request_after_the_other() {
    let desk = Desk::with(faulty(&["lock=20ms"])).await;
    let begun = Instant::now();
    assert_eq!(at_once(&desk, 20).await, BTreeMap::from([(200, 20)]));
    assert!(begun.elapsed() >= Duration::from_millis(400));
    // Users start, whoever holds it.
    let held = Desk::with(faulty(&["lock=600s"])).await;
    tokio::select! {
        _ = ask(&held, LIST) => unreachable!("it is held for ten minutes"),
        answer = log_in(&held) => assert_eq!(answer.status, 200),
    }
}

#[tokio::test]
async fn a_pause_holds_up_everything_until_it_is_over() {
    let desk = Desk::with(faulty(&["pause=1s,400ms"])).await;
    let begun = Instant::now();
    let mut longest = Duration::ZERO;
    while begun.elapsed() < Duration::from_millis(2_200) {
        longest = longest.max(took(&desk).await);
    }
    assert!(longest >= Duration::from_millis(300), "{longest:?}");
    // What the lab tells of itself is told at any time.
    let desk = Desk::with(faulty(&["pause=300ms,299ms"])).await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(desk.get("/lab/stats").await.0, 200);
}

#[tokio::test]
async fn one_connection_in_two_leads_to_a_slow_replica() {
    let desk = Desk::with(faulty(&["slow-replica=2,150ms"])).await;
    let mut slow = 0;
    for _ in 0..4 {
        let request = desk.client.get(desk.lab.url() + LIST);
        let request = request
            .bearer_auth(&desk.token)
            .header("connection", "close");
        let begun = Instant::now();
        assert_eq!(send(request).await.status, 200);
        slow += u32::from(begun.elapsed() >= Duration::from_millis(150));
    }
    // Those of this client have numbers that follow each other.
    assert!(slow >= 2, "{slow}");
}

#[tokio::test]
async fn connections_wait_for_their_turn_once() {
    let desk = Desk::with(faulty(&["accept-queue=5/s"])).await;
    let fresh = async || {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(desk.lab.url() + LIST).bearer_auth(&desk.token);
        send(request).await.status
    };
    let begun = Instant::now();
    let statuses = tokio::join!(fresh(), fresh(), fresh());
    assert_eq!(statuses, (200, 200, 200));
    assert!(begun.elapsed() >= Duration::from_millis(400));
    // The lab's pages are not kept waiting, nor a connection that was accepted.
    let held = Desk::with(faulty(&["accept-queue=1/s"])).await;
    let mut waiting = JoinSet::new();
    for _ in 0..10 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(held.lab.url() + LIST).bearer_auth(&held.token);
        waiting.spawn(send(request));
    }
    tokio::select! {
        _ = waiting.join_all() => unreachable!("the last turn is in nine seconds"),
        answers = async {
            let own = ask(&held, LIST).await.status;
            (own, held.get("/lab/stats").await.0)
        } => assert_eq!(answers, (200, 200)),
    }
}

#[tokio::test]
async fn a_share_of_requests_takes_longer() {
    let desk = Desk::with(faulty(&["tail=100%,100ms"])).await;
    assert!(took(&desk).await >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_retry_storm_goes_on_after_its_cause() {
    let desk = Desk::with(faulty(&["retry-storm=20/s,9,100ms"])).await;
    assert_eq!(ask(&desk, LIST).await.status, 200);
    let statuses = at_once(&desk, 20).await;
    assert!(statuses[&503] >= 10, "{statuses:?}");
    let answer = ask(&desk, LIST).await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("did not answer within 100ms"));
    assert_eq!(log_in(&desk).await.status, 200);
    // At most ten time-outs of work wait; without load they are done.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(ask(&desk, LIST).await.status, 200);
}

#[tokio::test]
async fn faults_are_met_in_their_order() {
    let desk = Desk::with(faulty(&["errors=100%", "rate-limit=1/s"])).await;
    assert_eq!(at_once(&desk, 5).await, BTreeMap::from([(500, 5)]));
    let desk = Desk::with(faulty(&["rate-limit=1/s", "errors=100%"])).await;
    let statuses = at_once(&desk, 5).await;
    assert!(statuses.contains_key(&429), "{statuses:?}");
}

#[tokio::test]
async fn faults_are_changed_while_the_lab_serves() {
    let desk = Desk::with(faulty(&["errors=100%"])).await;
    let put = async |faults: serde_json::Value| {
        let body = json!({ "faults": faults }).to_string();
        desk.send(reqwest::Method::PUT, "/lab/faults", Some(body))
            .await
    };
    let shown = desk.get("/lab/faults").await;
    assert_eq!(shown, (200, json!({"faults": ["errors=100%"]})));
    assert_eq!(ask(&desk, LIST).await.status, 500);
    assert_eq!(put(json!([])).await, (200, json!({"faults": []})));
    assert_eq!(ask(&desk, LIST).await.status, 200);
    // What is not understood changes nothing.
    let (status, why) = put(json!(["errors=10%", "pol=5"])).await;
    let why = why["detail"].as_str().unwrap();
    assert_eq!(status, 400);
    assert!(why.contains("available: login-broken, "), "{why}");
    let (status, _) = put(json!(vec!["errors=1%"; 17])).await;
    assert_eq!(status, 400);
    assert_eq!(desk.get("/lab/faults").await.1, json!({"faults": []}));
    // Told from elsewhere.
    let fault = "path-missing".parse().unwrap();
    set_faults(desk.lab.address(), &[fault]).await.unwrap();
    assert!(publish(&desk).await.is_page(404, 5_120));
    let (status, _) = desk.post("/lab/faults", json!({"faults": []})).await;
    assert_eq!(status, 405, "a page of elsewhere may post");
}
