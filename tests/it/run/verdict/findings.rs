//! Runs that were once taken for what they were not: each has to be told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use swarmdeck::lab::{Lab, LabConfig};
use swarmdeck::model::RunState;
use swarmdeck::run::Snapshot;
use swarmdeck::verdict::{Finding, Judgement, Verdict};
use tokio::sync::Semaphore;

use crate::support::{Bench, lab, serve_app};

/// Users that log in, create deployments, and do this.
fn scenario(task: &str) -> String {
    format!(
        "name: Story
user_classes:
  DeploymentUser:
    wait: 500ms
    headers: {{Authorization: 'Bearer {{{{ token }}}}'}}
    on_start:
      - post: /api/v1/auth/login/
        json: {{username: loadtest_user, password: test123}}
        capture: {{token: {{json: $.token}}}}
    tasks:
      story:
{task}
"
    )
}

const LIST: &str = "        - get: /api/v1/deployments/";
/// Made up ids, and an expectation that makes the best of it.
const RANDOM_IDS: &str = "        - get: /api/v1/deployments/{{ id }}/
          expect: {status: [200, 404]}";
const PUBLISH: &str = "        - post: /api/v1/connectors/publish/
          json: {deployment_id: '{{ uuid() }}', target_plane: JAMF}
          expect: {status: [202, 404]}";
const CREATE_AND_READ: &str = "        - post: /api/v1/deployments/
          json: {app_name: nginx, version: 1.0.0, target_ring: PILOT, evidence_pack_id: '{{ uuid() }}'}
          capture: {id: {json: $.id}}
        - get: /api/v1/deployments/{{ id }}/";

fn faulty(latency: &str, faults: &[&str]) -> Lab {
    let fault = |text: &&str| text.parse().expect("a fault");
    lab(LabConfig {
        latency: latency.parse().expect("a service time"),
        faults: faults.iter().map(fault).collect(),
        ..LabConfig::default()
    })
}

/// A run of so many seconds.
async fn run(bench: &mut Bench, users: u32, rate: f64, seconds: f64) -> Arc<Snapshot> {
    bench.start(users, rate).await;
    let is_over = |s: &Arc<Snapshot>| s.elapsed_s >= seconds || s.state == RunState::Stopped;
    bench.until("the time", is_over).await;
    bench.stop().await
}

fn judgement(end: &Snapshot) -> &Judgement {
    end.judgement.as_deref().expect("a judgement")
}

/// The finding of this id, if it is the first.
fn first<'s>(end: &'s Snapshot, id: &str) -> &'s Finding {
    let judgement = judgement(end);
    let found = judgement.findings.first();
    let found = found.filter(|finding| finding.id == id);
    found.unwrap_or_else(|| panic!("no {id} first: {judgement:#?}"))
}

/// The ids of the findings.
fn ids(end: &Snapshot) -> Vec<&str> {
    let findings = judgement(end).findings.iter();
    findings.map(|finding| &*finding.id).collect()
}

#[tokio::test]
async fn ids_that_were_made_up_test_the_router() {
    let lab = faulty("0ms", &[]);
    let task = RANDOM_IDS.replace("{{ id }}", "{{ uuid() }}");
    let mut bench = Bench::new(&scenario(&task), &lab.url());
    let end = run(&mut bench, 40, 1_000.0, 1.5).await;
    assert_eq!(end.counts.failed, 0, "the scenario accepts 404");
    assert_eq!(judgement(&end).verdict, Verdict::Invalid);
    assert!(
        judgement(&end).reason.contains("404"),
        "{:?}",
        judgement(&end)
    );
    let finding = first(&end, "script.wrong_path");
    assert!(
        finding
            .text
            .contains("(100%) from GET /api/v1/deployments/{"),
        "{finding:?}"
    );
    assert!(
        finding.advice.contains("capture them from responses"),
        "{finding:?}"
    );
}

#[tokio::test]
async fn a_path_that_does_not_exist_publishes_nothing() {
    let lab = faulty("0ms", &["path-missing"]);
    let mut bench = Bench::new(&scenario(PUBLISH), &lab.url());
    let end = run(&mut bench, 40, 1_000.0, 1.5).await;
    assert_eq!(end.counts.failed, 0, "the scenario accepts 404");
    assert_eq!(judgement(&end).verdict, Verdict::Invalid);
    let finding = first(&end, "script.wrong_path");
    assert!(
        finding.text.contains("POST /api/v1/connectors/publish/"),
        "{finding:?}"
    );
    assert!(finding.advice.contains("Compare the path"), "{finding:?}");
}

#[tokio::test]
async fn users_without_a_token_do_not_go_on() {
    for (fault, id) in [
        ("login-missing", "script.wrong_path"),
        ("login-broken", "script.bad_auth"),
    ] {
        let lab = faulty("0ms", &[fault]);
        let mut bench = Bench::new(&scenario(LIST), &lab.url());
        let end = run(&mut bench, 5, 1_000.0, 1.5).await;
        let judgement = judgement(&end);
        assert_eq!(judgement.verdict, Verdict::Invalid);
        assert!(
            judgement
                .reason
                .contains("on_start failed for 5 of 5 users"),
            "{judgement:?}"
        );
        let finding = first(&end, id);
        assert!(
            finding.text.contains("POST /api/v1/auth/login/"),
            "{finding:?}"
        );
        assert_eq!(ids(&end), [id]);
    }
}

#[tokio::test]
async fn a_rate_limit_is_no_expected_failure() {
    let lab = faulty("0ms", &["rate-limit=20/s"]);
    let mut bench = Bench::new(&scenario(LIST), &lab.url());
    let end = run(&mut bench, 100, 1_000.0, 3.0).await;
    assert_eq!(judgement(&end).verdict, Verdict::Invalid);
    let finding = first(&end, "target.rate_limited");
    let (from_s, until_s) = finding.range_s.expect("a range");
    assert!(from_s < until_s && until_s <= 4.0, "{finding:?}");
    assert_eq!(ids(&end), ["target.rate_limited"]);
}

#[tokio::test]
async fn ids_share_a_row_and_a_healthy_run_has_no_finding() {
    let lab = faulty("5ms..15ms", &[]);
    let mut bench = Bench::new(&scenario(CREATE_AND_READ), &lab.url());
    let end = run(&mut bench, 30, 10.0, 6.0).await;
    let names: Vec<&str> = end.tables.requests.iter().map(|row| &*row.name).collect();
    let expected = [
        "/api/v1/auth/login/",
        "/api/v1/deployments/",
        "/api/v1/deployments/{id}/",
    ];
    assert_eq!(names, expected);
    assert!(end.tables.requests[2].requests > 100);
    assert_eq!(judgement(&end).verdict, Verdict::Pass);
    assert_eq!(ids(&end), [""; 0], "{:#?}", judgement(&end).findings);
    let remarks: Vec<&str> = judgement(&end)
        .remarks
        .iter()
        .map(|remark| &*remark.id)
        .collect();
    assert!(remarks.contains(&"target.local"), "{remarks:?}");
}

#[tokio::test]
async fn a_scenario_runs_its_own_user_classes_alone() {
    let lab = faulty("5ms", &[]);
    let file = "1_concurrent_deployments.yaml";
    let mut bench = Bench::builtin(file, &lab.url());
    let end = run(&mut bench, 40, 1_000.0, 3.0).await;
    let foreign = end.tables.requests.iter().find(|row| {
        let own = ["/api/v1/auth/login/", "/api/v1/deployments/"];
        !own.iter().any(|path| row.name.starts_with(path))
    });
    assert!(foreign.is_none(), "{foreign:?}");
    assert!(end.tables.requests.len() >= 3);
    assert_eq!(ids(&end), [""; 0], "{:#?}", judgement(&end).findings);
}

/// 50 requests a second, and 120 users that come one after the other and want 240.
#[tokio::test]
async fn a_limit_shows_at_once_and_gets_no_cause_that_nobody_measured() {
    let lab = faulty("0ms", &["pool=1,20ms,1s"]);
    let mut bench = Bench::new(&scenario(LIST), &lab.url());
    bench.start(120, 20.0).await;
    let said = |s: &Arc<Snapshot>| {
        let findings = s.judgement.as_deref().map(|judgement| &judgement.findings);
        findings.is_some_and(|findings| findings.iter().any(|f| f.id == "target.throughput_limit"))
    };
    let live = bench.until("the finding", said).await;
    assert!(live.elapsed_s < 20.0, "{} s", live.elapsed_s);
    bench.until("failures", |s| s.counts.failed >= 20).await;
    let end = bench.stop().await;
    assert_eq!(
        judgement(&end).verdict,
        Verdict::Fail,
        "a server's 500 is its failure"
    );
    let finding = first(&end, "target.throughput_limit");
    let (from_s, until_s) = finding.range_s.expect("a range");
    assert!(from_s < until_s && until_s <= 20.0, "{finding:?}");
    assert!(
        ids(&end).contains(&"evidence.not_enough"),
        "{:?}",
        ids(&end)
    );
    assert!(
        !ids(&end).contains(&"target.pool_timeout"),
        "{:?}",
        ids(&end)
    );
}

#[tokio::test]
async fn times_that_jump_have_their_moment() {
    let lab = faulty("20ms", &["slow-after=5s,10"]);
    let mut bench = Bench::new(&scenario(LIST), &lab.url());
    let end = run(&mut bench, 30, 1_000.0, 10.0).await;
    let finding = first(&end, "target.latency_jump");
    let (from_s, _) = finding.range_s.expect("a range");
    assert!((4.0..=7.0).contains(&from_s), "{finding:?}");
    assert_eq!(ids(&end), ["target.latency_jump"]);
}

#[tokio::test]
async fn a_target_that_goes_away_is_said_to_refuse() {
    let lab = faulty("0ms", &[]);
    let mut bench = Bench::new(&scenario(LIST), &lab.url());
    bench.start(40, 1_000.0).await;
    bench.until("the time", |s| s.elapsed_s >= 1.5).await;
    drop(lab);
    bench.until("failures", |s| s.counts.failed >= 60).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let end = bench.stop().await;
    assert_eq!(judgement(&end).verdict, Verdict::Fail);
    let finding = first(&end, "target.refused");
    let (from_s, _) = finding.range_s.expect("a range");
    assert!(from_s >= 1.4, "{finding:?}");
    assert!(
        finding.advice.starts_with("1. Check that it runs"),
        "{finding:?}"
    );
}

#[tokio::test]
async fn errors_that_are_meant_are_a_pass() {
    // Two steps of one name mean different things by it.
    let task = "        - get: /api/v1/deployments/
        - {get: '/api/v1/deployments/{{ uuid() }}/', name: gone, expect: {status: 404}}
        - {get: '/api/v1/deployments/{{ uuid() }}/', name: gone, expect: {status: 4xx}}
        - get: /api/v1/deployments/
          name: refused
          headers: {Authorization: Bearer nobody}
          expect: {status: [401, 403]}";
    let lab = faulty("0ms", &[]);
    let mut bench = Bench::new(&scenario(task), &lab.url());
    let end = run(&mut bench, 40, 1_000.0, 1.5).await;
    assert_eq!(end.counts.failed, 0, "{:#?}", end.tables.failures);
    let judgement = judgement(&end);
    assert_eq!(judgement.verdict, Verdict::Pass, "{judgement:#?}");
    assert_eq!(ids(&end), [""; 0], "{judgement:#?}");
}

/// A target that answers so many requests and turns all others away.
async fn with_quota(quota: u32) -> String {
    let answered = Arc::new(AtomicU32::new(0));
    let answer = async move || match answered.fetch_add(1, Ordering::Relaxed) < quota {
        true => StatusCode::OK,
        false => StatusCode::TOO_MANY_REQUESTS,
    };
    serve_app(Router::new().route("/", get(answer))).await
}

const ASK: &str = "criteria: [p50 < 10s]
user_classes: {U: {wait: 50ms, tasks: {ask: [{get: /}]}}}
";

#[tokio::test]
async fn a_rate_limit_that_appears_as_the_load_rises_is_the_targets_answer() {
    let mut bench = Bench::new(ASK, &with_quota(100).await);
    bench.start(60, 4.0).await;
    bench.until("refusals", |s| s.counts.failed >= 150).await;
    let end = bench.stop().await;
    let said = judgement(&end);
    assert_eq!(said.verdict, Verdict::Fail, "{said:#?}");
    assert!(said.reason.contains("is rate limiting"), "{}", said.reason);
    first(&end, "target.rate_limited");

    let mut bench = Bench::new(ASK, &with_quota(5).await);
    let end = run(&mut bench, 60, 1_000.0, 1.5).await;
    let said = judgement(&end);
    assert_eq!(said.verdict, Verdict::Invalid, "{said:#?}");
    let finding = first(&end, "target.rate_limited");
    assert!(finding.text.contains("from the start"), "{finding:?}");
}

#[tokio::test]
async fn a_request_that_never_succeeds_is_a_finding() {
    let app = Router::new().route("/", get(async || "ok")).route(
        "/model",
        get(async || {
            let said = r#"{"error":"No active risk model found"}"#;
            (StatusCode::INTERNAL_SERVER_ERROR, said)
        }),
    );
    let text = "user_classes: {U: {wait: 50ms, tasks: {ask: [{get: /}, {get: /model}]}}}";
    let mut bench = Bench::new(text, &serve_app(app).await);
    let end = run(&mut bench, 20, 1_000.0, 1.5).await;
    let finding = first(&end, "target.always_fails");
    let expected = " requests of GET /model failed: status 500";
    assert!(finding.text.contains(expected), "{finding:?}");
    let told = format!("{finding:?}");
    assert!(told.contains("No active risk model found"), "{told}");
    let failures = finding
        .figures
        .iter()
        .find(|figure| figure.key == "failures");
    let failures = failures.expect("a figure");
    assert_eq!(failures.of.as_deref(), Some("GET /model"));
    assert!(failures.value >= 20.0);
}

/// Two places to be served at, of which one is lost.
#[tokio::test]
async fn half_of_a_target_that_goes_away_is_told_though_nothing_fails() {
    let places = Arc::new(Semaphore::new(2));
    let served = Arc::clone(&places);
    let answer = async move || {
        let _place = served.acquire().await;
        tokio::time::sleep(Duration::from_millis(25)).await;
        "ok"
    };
    let host = serve_app(Router::new().route("/", get(answer))).await;
    let text = "user_classes: {U: {tasks: {ask: [{get: /}]}}}";
    let mut bench = Bench::new(text, &host);
    bench.start(6, 1_000.0).await;
    bench.until("the time", |s| s.elapsed_s >= 8.0).await;
    places.acquire().await.expect("a place").forget();
    bench.until("more time", |s| s.elapsed_s >= 16.0).await;
    let end = bench.stop().await;
    assert_eq!(end.counts.failed, 0);
    let finding = first(&end, "target.throughput_loss");
    let (from_s, _) = finding.range_s.expect("a range");
    assert!((6.0..=10.0).contains(&from_s), "{finding:?}");
}

#[tokio::test]
async fn a_target_that_speaks_no_tls_is_said_to_speak_none() {
    let lab = faulty("0ms", &[]);
    let host = lab.url().replace("http://", "https://");
    let mut bench = Bench::new(&scenario(LIST), &host);
    let end = run(&mut bench, 20, 1_000.0, 1.0).await;
    let said = judgement(&end);
    assert_eq!(said.verdict, Verdict::Invalid);
    assert!(
        said.reason.contains("does not speak TLS on this port"),
        "{}",
        said.reason
    );
    assert!(
        !said.reason.contains("is the target running"),
        "{}",
        said.reason
    );
    first(&end, "target.tls");
}
