//! Scenarios that are run one after the other.

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::Catalog;

use crate::support::{Shapes, TestApp, Viewer, lab, refused_port, soon};

const SUITE: &str = "/api/v1/suite";

/// The words that refuse a start meanwhile.
const BUSY: &str = "a suite is running; stop it first";

async fn start(app: &TestApp, wish: Value) {
    let (status, answer) = app.json(Method::POST, SUITE, &wish.to_string()).await;
    assert_eq!(
        (status, &answer["success"]),
        (200, &json!(true)),
        "{answer}"
    );
}

async fn suite(app: &TestApp) -> Value {
    let (status, answer) = app.json(Method::GET, SUITE, "").await;
    assert_eq!(status, 200);
    answer["suite"].clone()
}

async fn text(app: &TestApp, path: &str) -> String {
    let answer = app.send(Method::GET, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("text")
}

async fn until_running(app: &TestApp) {
    let mut snapshots = app.runs.snapshots();
    let running = snapshots.wait_for(|s| s.counts.succeeded > 0 && s.state == RunState::Running);
    drop(soon("requests", running).await.expect("a controller"));
}

/// Of the runs, their states.
fn states(suite: &Value) -> Vec<&str> {
    let runs = suite["runs"].as_array().expect("runs");
    runs.iter()
        .map(|run| run["state"].as_str().expect("a word"))
        .collect()
}

#[tokio::test]
async fn every_viewer_sees_how_far_it_is_and_what_it_came_to() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut viewer, hello) = Viewer::open(app.address).await;
    assert_eq!(hello["suite"], Value::Null);
    assert_eq!(suite(&app).await, Value::Null);
    start(
        &app,
        json!({"scenarios": ["health", "fails"], "run_time": "1s", "cool_down": "1500ms"}),
    )
    .await;
    let seen = viewer.until("suite", |m| m["suite"]["at"] == 1).await;
    assert_eq!(seen["suite"]["verdict"], Value::Null);
    until_running(&app).await;
    let cooling = |message: &Value| message["suite"]["state"] == "cooling_down";
    let seen = viewer.until("suite", cooling).await;
    assert_eq!(
        (&seen["suite"]["at"], &seen["suite"]["cool_down_left_s"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(states(&seen["suite"]), ["ended", "waiting"]);
    let (mut late, hello) = Viewer::open(app.address).await;
    assert_eq!(hello["suite"], seen["suite"], "a reload shows the same");
    viewer
        .until("suite", |m| m["suite"]["cool_down_left_s"] == 1)
        .await;
    viewer
        .until("suite", |m| {
            m["suite"]["state"] == "running" && m["suite"]["at"] == 2
        })
        .await;
    let ended = |message: &Value| message["suite"]["state"] == "ended";
    let last = viewer.until("suite", ended).await;
    let mut shapes = Shapes::default();
    shapes.add("suite", &seen);
    shapes.add("suite", &last);
    shapes.assert("shapes/suite");
    let end = last["suite"].clone();
    assert_eq!(late.until("suite", ended).await["suite"], end);
    assert_eq!(suite(&app).await, end);
    assert_eq!(end["verdict"], "FAIL");
    assert_eq!(end["at"], Value::Null);
    let [fine, bad] = [&end["runs"][0], &end["runs"][1]];
    assert_eq!(
        (&fine["verdict"], &bad["verdict"]),
        (&json!("PASS"), &json!("FAIL"))
    );
    assert_eq!(
        (&fine["scenario"], &fine["name"]),
        (&json!("health"), &json!("Health"))
    );
    assert_eq!(fine["reason"], "no failures");
    let snapshot = app.runs.snapshot();
    assert_eq!(bad["run"], snapshot.run.as_ref().expect("a run").id);
    assert_reports(&app).await;
}

/// The reports are on all runs, or on one.
async fn assert_reports(app: &TestApp) {
    let report = text(app, "/api/v1/suite/report.json").await;
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["verdict"], "FAIL");
    assert_eq!(report["runs"].as_array().expect("runs").len(), 2);
    let page = text(app, "/api/v1/suite/report.html").await;
    assert!(page.contains("Load test of 2 scenarios"));
    let page = text(app, "/api/v1/suite/report.html?run=1&theme=light").await;
    assert!(
        page.contains("<title>PASS: Health")
            && page.contains("<html lang=\"en\" data-theme=\"light\"")
    );
    let document = text(app, "/api/v1/suite/report.md").await;
    assert!(
        document.starts_with("# FAIL: 1 of 2 runs passed"),
        "{document}"
    );
    let junit = text(app, "/api/v1/suite/report.xml?run=2").await;
    assert_eq!(junit.matches("<testsuite ").count(), 1, "{junit}");
    for run in ["0", "3", "99999999999"] {
        let path = format!("/api/v1/suite/report.md?run={run}");
        assert_eq!(app.send(Method::GET, &path).await.status(), 404, "{run}");
    }
    // The report on the run on show knows what was run, too.
    assert!(text(app, "/stats/report").await.contains("Seldom"));
}

#[tokio::test]
async fn nobody_starts_a_run_in_between_and_a_stop_leaves_the_rest_out() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let run = "/api/v1/run";
    let wish = json!({"scenarios": ["health", "staged", "health"], "run_time": "1m"});
    start(&app, wish.clone()).await;
    until_running(&app).await;
    for (method, path) in [
        (Method::POST, SUITE),
        (Method::POST, run),
        (Method::DELETE, run),
    ] {
        let (status, answer) = app.json(method, path, "{}").await;
        assert_eq!((status, &answer["message"]), (409, &json!(BUSY)), "{path}");
    }
    let swarm = app.swarm(&[("user_count", "9"), ("spawn_rate", "9")]).await;
    assert_eq!(
        (&swarm["success"], &swarm["message"]),
        (&json!(false), &json!(BUSY))
    );
    assert_eq!(app.runs.snapshot().load.users, 3, "not that either");

    let (status, answer) = app.json(Method::DELETE, SUITE, "").await;
    assert_eq!(
        (status, &answer["message"]),
        (200, &json!("suite stopped; 2 skipped"))
    );
    let end = suite(&app).await;
    assert_eq!(states(&end), ["ended", "left_out", "left_out"]);
    assert_eq!(end["runs"][0]["verdict"], "PASS");
    assert_eq!(
        (&end["verdict"], &end["runs"][2]["verdict"]),
        (&json!("UNDECIDED"), &json!("UNDECIDED"))
    );
    assert_eq!(app.runs.snapshot().state, RunState::Stopped);
    let (status, answer) = app.json(Method::DELETE, SUITE, "").await;
    assert_eq!(
        (status, &answer["message"]),
        (200, &json!("no suite is running"))
    );

    // Whoever stops the run, in whatever way, does not want the next one.
    for path in ["/stop", "/api/v1/run/stop"] {
        start(&app, wish.clone()).await;
        until_running(&app).await;
        let (status, _) = app.json(Method::POST, path, "").await;
        assert_eq!(status, 200);
        assert_eq!(
            states(&suite(&app).await),
            ["ended", "left_out", "left_out"]
        );
    }
    // And then everybody may start again.
    let (status, started) = app.json(Method::POST, run, "{}").await;
    assert_eq!(status, 200, "{started}");
    let (status, active) = app.json(Method::POST, SUITE, &wish.to_string()).await;
    assert_eq!(
        (status, &active["message"]),
        (
            409,
            &json!("a run is active; stop it before starting another")
        )
    );
}

#[tokio::test]
async fn a_stop_while_the_target_recovers_ends_it_at_once() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut viewer, _) = Viewer::open(app.address).await;
    start(
        &app,
        json!({"scenarios": ["health", "health"], "run_time": "1s", "cool_down": "1h"}),
    )
    .await;
    let cooling = |message: &Value| message["suite"]["state"] == "cooling_down";
    let seen = viewer.until("suite", cooling).await;
    assert_eq!(seen["suite"]["cool_down_left_s"], 3600);
    let (status, answer) = app.json(Method::POST, "/api/v1/run", "{}").await;
    assert_eq!((status, &answer["message"]), (409, &json!(BUSY)));
    app.json(Method::DELETE, SUITE, "").await;
    let end = suite(&app).await;
    assert_eq!(
        (states(&end), &end["state"]),
        (vec!["ended", "left_out"], &json!("ended"))
    );
}

#[tokio::test]
async fn a_target_that_is_not_there_makes_runs_that_say_so() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let (mut viewer, _) = Viewer::open(app.address).await;
    let host = format!("http://127.0.0.1:{}", refused_port().await);
    start(
        &app,
        json!({"scenarios": ["health", "fails"], "host": host, "run_time": "1s", "cool_down": "0"}),
    )
    .await;
    let ended = |message: &Value| message["suite"]["state"] == "ended";
    let end = viewer.until("suite", ended).await["suite"].clone();
    assert_eq!(end["verdict"], "INVALID");
    for run in end["runs"].as_array().expect("runs") {
        assert_eq!(
            (&run["verdict"], &run["run"]),
            (&json!("INVALID"), &json!(""))
        );
        let reason = run["reason"].as_str().expect("a reason");
        assert!(
            reason.starts_with(&format!("cannot connect to {host}")),
            "{reason}"
        );
    }
    let document = text(&app, "/api/v1/suite/report.md").await;
    assert!(document.starts_with("# INVALID: 0 of 2"), "{document}");
}

#[tokio::test]
async fn each_run_waits_for_its_own_health_gate() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut viewer, _) = Viewer::open(app.address).await;
    let gated = |name: &str, path: &str, within: &str| {
        let text = format!(
            "health: {{get: {path}, within: {within}, every: 100ms}}\nload: {{users: 1, run_time: 1s}}\n\
             user_classes: {{U: {{wait: 20ms, tasks: {{t: [{{get: /api/v1/health/}}]}}}}}}\n"
        );
        Source::new(format!("{name}.yaml"), text)
    };
    let sources = [
        gated("shut", "/nothing/", "1s"),
        gated("open", "/api/v1/health/", "1s"),
        gated("waits", "/nothing/", "1h"),
    ];
    let catalog = Catalog::new(sources, &Environment::default(), &Changes::default());
    app.session.offer(catalog);
    start(&app, json!({"cool_down": "0"})).await;
    let third = |message: &Value| message["suite"]["at"] == 3;
    let seen = viewer.until("suite", third).await["suite"].clone();
    let [shut, open] = [&seen["runs"][0], &seen["runs"][1]];
    assert_eq!(shut["verdict"], "INVALID", "{shut}");
    assert_eq!(open["verdict"], "PASS", "{open}");
    // A stop does not wait for the gate either.
    let mut snapshots = app.runs.snapshots();
    let waits = snapshots.wait_for(|s| s.run.as_ref().is_some_and(|run| run.scenario == "waits"));
    drop(soon("a run", waits).await.expect("a controller"));
    app.json(Method::DELETE, SUITE, "").await;
    let end = suite(&app).await;
    assert_eq!(states(&end), ["ended", "ended", "ended"]);
    assert_eq!(app.runs.snapshot().counts.requests_started, 0);
}

#[tokio::test]
async fn nothing_begins_before_all_of_it_is_found_sound() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let cases = [
        (
            json!({"scenarios": ["open"]}),
            "Open: no run time; set a duration, or `load.run_time`",
            json!("scenarios"),
        ),
        (
            json!({"scenarios": ["health", "none"], "run_time": "1s"}),
            "unknown scenario \"none\"",
            json!("scenario"),
        ),
        (
            json!({"scenarios": ["broken"], "run_time": "1s"}),
            "broken.yaml has errors",
            json!("scenario"),
        ),
        (
            json!({"scenarios": []}),
            "no scenario has a run time",
            json!("scenarios"),
        ),
        (
            json!({"scenarios": vec!["health"; 51], "run_time": "1s"}),
            "too many scenarios (51); list at most 50",
            json!("scenarios"),
        ),
        (
            json!({"scenarios": ["health"], "run_time": "0"}),
            "Health: the run time must be greater than 0",
            json!("run_time"),
        ),
        (json!({"run_time": "soon"}), "soon", json!("run_time")),
        (json!({"cool_down": "soon"}), "soon", json!("cool_down")),
        (
            json!({"host": "ftp://x", "run_time": "1s"}),
            "ftp",
            json!("host"),
        ),
        (json!({"users": 5}), "unknown field `users`", Value::Null),
    ];
    for (wish, message, field) in cases {
        let body = wish.to_string();
        let (status, answer) = app.json(Method::POST, SUITE, &body).await;
        assert_eq!((status, &answer["success"]), (400, &json!(false)), "{body}");
        let said = answer["message"].as_str().expect("words");
        assert!(said.contains(message), "{body}: {said}");
        assert_eq!(answer["field"], field, "{body}: {said}");
    }
    assert_eq!(suite(&app).await, Value::Null);
    assert_eq!(app.runs.snapshot().state, RunState::Ready);
}
