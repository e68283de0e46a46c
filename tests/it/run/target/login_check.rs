//! Logins that are tried before any user starts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::verdict::Verdict;

use crate::support::{Bench, lab, lab_stats, serve_app};

/// How often each account has asked for a token.
type Asked = Arc<Mutex<HashMap<String, u32>>>;

/// Gives a token to whoever is not named after what goes wrong.
async fn log_in(State(asked): State<Asked>, Path(account): Path<String>) -> StatusCode {
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    let times = asked.entry(account.clone()).or_default();
    *times += 1;
    match (account.as_str(), *times) {
        ("unknown", _) => StatusCode::UNAUTHORIZED,
        ("hesitant", 1) => StatusCode::FORBIDDEN,
        ("broken", _) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::OK,
    }
}

/// A run by these accounts, one user each, against a target that counts logins.
async fn bench(accounts: &[&str]) -> (Bench, Asked) {
    let asked = Asked::default();
    let app = Router::new()
        .route("/login/{account}", post(log_in))
        .route("/", get(async || "ok"))
        .with_state(Arc::clone(&asked));
    let rows: Vec<_> = accounts
        .iter()
        .map(|name| format!("{{name: {name}}}"))
        .collect();
    let text = format!(
        "data: {{accounts: {{rows: [{}]}}}}
user_classes:
  U:
    wait: 10ms
    rehearse: true
    on_start: [{{post: '/login/{{{{ accounts.name }}}}'}}]
    tasks: {{look: [{{get: /}}]}}
",
        rows.join(", ")
    );
    (Bench::new(&text, &serve_app(app).await), asked)
}

fn times(asked: &Asked, account: &str) -> u32 {
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    asked.get(account).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_login_that_is_refused_is_told_before_anybody_starts() {
    for (fault, id) in [
        ("login-missing", "script.wrong_path"),
        ("login-broken", "script.bad_auth"),
    ] {
        let lab = lab(LabConfig {
            faults: vec![fault.parse().expect("a fault")],
            ..LabConfig::default()
        });
        let mut bench = Bench::builtin("1_concurrent_deployments.yaml", &lab.url());
        bench.start(50, 1_000.0).await;
        let end = bench.until_stopped().await;
        assert_eq!(end.counts.users_started, 0);
        assert_eq!(lab_stats(&lab.url()).await.received, 2, "tried twice");
        let judgement = end.judgement.as_deref().expect("a judgement");
        assert_eq!(judgement.verdict, Verdict::Invalid);
        let why = "no users started: login check failed: `on_start` of `DeploymentUser`: POST /api/v1/auth/login/";
        assert!(judgement.reason.starts_with(why), "{}", judgement.reason);
        let found: Vec<_> = judgement.findings.iter().map(|found| &*found.id).collect();
        assert_eq!(found, [id]);
        let advice = &judgement.findings[0].advice;
        let is_of_account = advice.starts_with("Check that the account exists");
        assert_eq!(is_of_account, id == "script.bad_auth", "{advice}");
    }
}

#[tokio::test]
async fn an_account_among_many_that_is_refused_is_found() {
    let (mut bench, asked) = bench(&["ada", "bob", "unknown", "dan"]).await;
    bench.start(1, 1_000.0).await;
    let end = bench.until_stopped().await;
    let reason = &end.judgement.as_deref().expect("a judgement").reason;
    assert!(reason.contains("`U` (data row 3)"), "{reason}");
    assert_eq!((times(&asked, "ada"), times(&asked, "unknown")), (1, 2));
}

#[tokio::test]
async fn what_is_refused_once_or_fails_otherwise_is_left_to_the_run() {
    let (mut bench, asked) = bench(&["ada", "hesitant", "broken"]).await;
    bench.start(3, 1_000.0).await;
    bench.until_requests(20).await;
    let end = bench.stop().await;
    assert_eq!((end.counts.users_started, end.counts.users_failed), (3, 1));
    assert_eq!(times(&asked, "hesitant"), 3, "two rehearsals and a user");
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let said = events.iter().any(|event| {
        event.text.contains(
            "login check failed: `on_start` of `U`: POST /login/{accounts.name}: status 500",
        )
    });
    assert!(said, "{events:?}");
}

#[tokio::test]
async fn what_is_rehearsed_counts_in_no_figure() {
    let (mut bench, asked) = bench(&["ada"]).await;
    bench.start(2, 1_000.0).await;
    bench.until_users(2).await;
    let end = bench.stop().await;
    assert_eq!(times(&asked, "ada"), 3);
    let logins = end
        .tables
        .requests
        .iter()
        .find(|row| row.name.starts_with("/login"));
    assert_eq!(logins.expect("a row").requests, 2);
}

/// A login that answers 200 and its form again, whoever asks.
async fn form_again(expect: &str) -> Bench {
    let form = "<form method=post><input name=user><input type='password' name=p></form>";
    let app = Router::new()
        .route("/login", post(async move || Html(form)))
        .route("/", get(async || "ok"));
    let text = format!(
        "user_classes:
  U:
    wait: 10ms
    rehearse: true
    on_start: [{{post: /login, form: {{user: ada, p: wrong}}, {expect}}}]
    tasks: {{look: [{{get: /}}]}}
"
    );
    Bench::new(&text, &serve_app(app).await)
}

#[tokio::test]
async fn a_login_that_shows_its_form_again_is_refused_by_what_is_expected() {
    for (expect, why) in [
        (
            "expect: {text: Welcome}",
            "expected a body with \"Welcome\"",
        ),
        ("expect: {status: 302}", "status 200"),
        ("capture: {token: {json: $.token}}", "token"),
    ] {
        let mut bench = form_again(expect).await;
        bench.start(50, 1_000.0).await;
        let end = bench.until_stopped().await;
        assert_eq!(end.counts.users_started, 0, "{expect}");
        let judgement = end.judgement.as_deref().expect("a judgement");
        assert_eq!(judgement.verdict, Verdict::Invalid);
        assert!(judgement.reason.contains(why), "{}", judgement.reason);
        let found = &judgement.findings[0];
        assert_eq!(found.id, "script.bad_auth");
        assert!(found.advice.contains("with the form again"), "{found:?}");
    }
}

#[tokio::test]
async fn a_form_that_comes_again_is_told_though_nothing_is_expected() {
    for expect in ["expect: {status: 200}", "expect: {time: 1us}"] {
        let mut bench = form_again(expect).await;
        bench.start(2, 1_000.0).await;
        let end = match expect {
            "expect: {status: 200}" => {
                bench.until_requests(20).await;
                bench.stop().await
            }
            // An answer that is only late does not keep users from starting.
            _ => {
                bench.until("users", |s| s.counts.users_started == 2).await;
                bench.stop().await
            }
        };
        let found = &end.judgement.as_deref().expect("a judgement").findings;
        let is_told = found
            .first()
            .is_some_and(|one| one.id == "script.login_form");
        assert_eq!(is_told, expect == "expect: {status: 200}", "{found:?}");
    }
}
