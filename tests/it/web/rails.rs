//! Guard rails, asked for over the API.

use std::net::TcpListener;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Rails, RunState, Targets};
use swarmdeck::run::{EventKind, Snapshot};
use tokio::time::sleep;

use crate::support::{PATIENCE, TestApp, Viewer, answer, eventually, lab, soon};

const RUN: &str = "/api/v1/run";
const SUITE: &str = "/api/v1/suite";

async fn post(app: &TestApp, path: &str, body: Value) -> (u16, Value) {
    app.json(Method::POST, path, &body.to_string()).await
}

fn state(app: &TestApp) -> RunState {
    app.runs.snapshot().state
}

async fn until(app: &TestApp, what: &str, condition: impl Fn(&Snapshot) -> bool) {
    let mut snapshots = app.runs.snapshots();
    let reached = snapshots.wait_for(|s| condition(s));
    drop(soon(what, reached).await.expect("a controller"));
}

fn let_go(app: &TestApp) -> Vec<String> {
    let (events, _) = event_lines(&app.runs.log(), 0);
    let events = events.into_iter();
    let events = events.filter(|event| event.kind == EventKind::Unattended);
    events.map(|event| event.text).collect()
}

#[tokio::test]
async fn a_target_that_is_not_allowed_is_refused_with_its_rail() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        allowed: Some(Targets::near()),
        ..Rails::default()
    };
    let app = TestApp::within(rails, &lab.url()).await;
    let (_, hello) = Viewer::open(app.address).await;
    assert_eq!(
        hello["rails"],
        json!({"targets": ["loopback", "private"], "max_users": null, "max_rps": null,
            "confirm_public": false, "dead_man_s": null})
    );
    let far = "http://203.0.113.7:81";
    let (status, said) = post(&app, RUN, json!({"host": far})).await;
    assert_eq!((status, &said["code"]), (400, &json!("target_not_allowed")));
    assert_eq!(said["field"], "host");
    assert_eq!(
        said["targets"],
        json!([{"host": "203.0.113.7", "addresses": ["203.0.113.7"]}])
    );
    let words = said["message"].as_str().expect("words");
    assert!(
        words.contains("--allow-target loopback, private"),
        "{words}"
    );
    let fields = [("user_count", "1"), ("spawn_rate", "1"), ("host", far)];
    let swarmed = app.swarm(&fields).await;
    assert_eq!(
        (&swarmed["success"], &swarmed["message"]),
        (&json!(false), &said["message"])
    );
    // To confirm is not to allow.
    let confirmed = json!({"host": far, "confirm": "203.0.113.7"});
    assert_eq!(post(&app, RUN, confirmed).await.0, 400);
    let all = json!({"scenarios": ["health"], "run_time": "1s", "host": far});
    let (status, said) = post(&app, SUITE, all).await;
    assert_eq!((status, &said["code"]), (400, &json!("target_not_allowed")));
    assert_eq!(post(&app, RUN, json!({})).await.0, 200);
    app.send(Method::POST, "/stop").await;
}

#[tokio::test]
async fn the_ceiling_of_users_holds_on_every_way() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        max_users: Some(5),
        ..Rails::default()
    };
    let app = TestApp::within(rails, &lab.url()).await;
    let is_refused = |(status, said): (u16, Value)| {
        assert_eq!(
            (status, &said["code"]),
            (400, &json!("too_many_users")),
            "{said}"
        );
        assert_eq!(said["field"], "users");
        let words = said["message"].as_str().expect("words");
        assert!(words.contains("--max-users 5"), "{words}");
    };
    is_refused(post(&app, RUN, json!({"users": 6})).await);
    is_refused(post(&app, RUN, json!({"scenario": "open"})).await);
    is_refused(post(&app, RUN, json!({"scenario": "staged"})).await);
    is_refused(
        post(
            &app,
            SUITE,
            json!({"scenarios": ["open"], "run_time": "1s"}),
        )
        .await,
    );
    assert_eq!(state(&app), RunState::Ready);
    assert_eq!(post(&app, RUN, json!({"users": 5})).await.0, 200);
    until(&app, "users", |s| s.users == 5).await;
    is_refused(app.json(Method::PATCH, RUN, r#"{"users": 6}"#).await);
    is_refused(post(&app, "/api/v1/run/burst", json!({"factor": 1.2})).await);
    let swarmed = app.swarm(&[("user_count", "6"), ("spawn_rate", "1")]).await;
    assert_eq!(swarmed["success"], false);
    assert_eq!(app.runs.snapshot().load.users, 5);
    app.send(Method::POST, "/stop").await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_public_target_before_somebody_confirms_it() {
    let target = TcpListener::bind("127.0.0.1:0").expect("a port");
    target.set_nonblocking(true).expect("a socket");
    let host = format!("http://{}", target.local_addr().expect("bound"));
    // Everything is public here, so that all of it stays on this machine.
    let rails = Rails {
        unasked: Some(Targets::default()),
        ..Rails::default()
    };
    let app = TestApp::within(rails, &host).await;
    let fields = [("user_count", "1"), ("spawn_rate", "1")];
    for confirm in [json!(null), json!("127.0.0.2"), json!([])] {
        let (status, said) = post(&app, RUN, json!({"confirm": confirm})).await;
        assert_eq!(
            (status, &said["code"]),
            (409, &json!("confirm_public")),
            "{said}"
        );
        let it = json!([{"host": "127.0.0.1", "addresses": ["127.0.0.1"]}]);
        assert_eq!((&said["targets"], &said["field"]), (&it, &json!("host")));
        let swarmed = app.swarm(&fields).await;
        assert_eq!(
            (&swarmed["success"], &swarmed["message"]),
            (&json!(false), &said["message"])
        );
    }
    let all = json!({"scenarios": ["health"], "run_time": "1s"});
    let (status, said) = post(&app, SUITE, all).await;
    assert_eq!(
        (status, &said["code"]),
        (409, &json!("confirm_public")),
        "{said}"
    );
    let knocked = target.accept().map(drop);
    assert_eq!(
        knocked.expect_err("nobody").kind(),
        std::io::ErrorKind::WouldBlock
    );

    let (status, said) = post(&app, RUN, json!({"confirm": "127.0.0.1"})).await;
    assert_eq!(status, 200, "{said}");
    let comes = async || target.accept().is_ok();
    eventually("a user", PATIENCE, comes).await;
    app.send(Method::POST, "/api/v1/run/halt").await;
    let swarmed = app.swarm(&fields).await;
    assert_eq!(swarmed["success"], true, "it is remembered: {swarmed}");
    app.send(Method::POST, "/api/v1/run/halt").await;
    // Another host, and the mistakes there can be.
    let other = json!({"host": "http://127.0.0.9:1"});
    assert_eq!(post(&app, RUN, other).await.0, 409);
    let fields = [
        &fields[..],
        &[("host", "http://127.0.0.9:1"), ("confirm", "127.0.0.9")],
    ]
    .concat();
    let swarmed = app.swarm(&fields).await;
    let words = swarmed["message"].as_str().expect("words");
    assert!(words.starts_with("cannot connect to"), "{words}");
    let (status, said) = post(&app, RUN, json!({"confirm": 7})).await;
    assert_eq!(status, 400);
    assert!(
        said["message"]
            .as_str()
            .expect("words")
            .contains("`confirm`"),
        "{said}"
    );
}

#[tokio::test]
async fn a_documentation_address_is_public_and_private_ones_are_not() {
    let rails = Rails {
        unasked: Some(Targets::near()),
        ..Rails::default()
    };
    let app = TestApp::within(rails, "http://203.0.113.7:81").await;
    let (status, said) = post(&app, RUN, json!({})).await;
    assert_eq!((status, &said["code"]), (409, &json!("confirm_public")));
    let words = said["message"].as_str().expect("words");
    for part in ["203.0.113.7", "`confirm`", "--confirm-public"] {
        assert!(words.contains(part), "{words}");
    }
    let (status, said) = post(&app, RUN, json!({"host": "http://127.0.0.1:1"})).await;
    assert_eq!(
        (status, &said["code"]),
        (502, &Value::Null),
        "it was tried: {said}"
    );
}

#[tokio::test]
async fn a_suite_is_confirmed_as_a_whole() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        unasked: Some(Targets::default()),
        ..Rails::default()
    };
    let app = TestApp::within(rails, &lab.url()).await;
    let all = json!({"scenarios": ["health", "open"], "run_time": "1m", "confirm": ["127.0.0.1"]});
    let (status, said) = post(&app, SUITE, all).await;
    assert_eq!(status, 200, "{said}");
    until(&app, "requests", |s| s.counts.succeeded > 0).await;
    app.send(Method::DELETE, SUITE).await;
}

/// Starts what is preset, as a page would.
async fn start_from_page(app: &TestApp) {
    let request = app.request(Method::POST, RUN).json(&json!({}));
    let origin = format!("http://{}", app.address);
    let started = answer(request.header("origin", origin)).await;
    assert_eq!(started.status(), 200);
}

#[tokio::test]
async fn what_a_page_started_is_let_go_when_no_page_is_open() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        dead_man: Some(Duration::from_secs(2)),
        ..Rails::default()
    };
    let app = TestApp::within(rails, &lab.url()).await;
    let (mut viewer, hello) = Viewer::open(app.address).await;
    assert_eq!(hello["rails"]["dead_man_s"], 2.0);
    start_from_page(&app).await;
    let watching = tokio::spawn(async move {
        loop {
            viewer.next().await;
        }
    });
    until(&app, "a while", |s| s.elapsed_s > 5.0).await;
    assert_eq!(let_go(&app), [""; 0], "somebody looks");
    // It vanishes without a word.
    watching.abort();
    until(&app, "its end", |s| s.state == RunState::Stopped).await;
    let said = let_go(&app);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("no dashboard has been open for 2s (--dead-man)"),
        "{said:?}"
    );
    // Who comes back learns it, and nothing resumes by itself.
    let (_, hello) = Viewer::open(app.address).await;
    let events = hello["events"].as_array().expect("events");
    assert!(events.iter().any(|event| event["kind"] == "unattended"));
    assert_eq!(hello["frame"]["state"], "stopped");
}

#[tokio::test]
async fn what_a_program_started_needs_no_audience() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        dead_man: Some(Duration::from_millis(200)),
        ..Rails::default()
    };
    let app = TestApp::within(rails, &lab.url()).await;
    assert_eq!(post(&app, RUN, json!({})).await.0, 200);
    until(&app, "a while", |s| s.elapsed_s > 2.0).await;
    assert_eq!(let_go(&app), [""; 0]);
    assert!(state(&app).is_active());
    app.send(Method::POST, "/stop").await;
    // A page that has started something before has no part in it.
    start_from_page(&app).await;
    app.send(Method::POST, "/stop").await;
    assert_eq!(post(&app, RUN, json!({})).await.0, 200);
    sleep(Duration::from_millis(600)).await;
    assert_eq!(let_go(&app), [""; 0]);
    app.send(Method::POST, "/stop").await;
}
