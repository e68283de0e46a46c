//! The shapes of all answers in JSON and of all live messages of a run.

use std::sync::Arc;

use reqwest::Method;
use swarmdeck::lab::LabConfig;
use swarmdeck::run::Snapshot;
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::Catalog;

use super::openapi::SHOWN;
use crate::support::{Shapes, TestApp, Viewer, lab, soon};

/// Two loads, criteria, failures of each kind, log lines and readings.
const SCENARIO: &str = "name: Everything
load: {users: 3, spawn_rate: 100}
criteria: [failures > 0, p99 < 1s]
probes: {own: {process: true, every: 500ms}}
user_classes:
  U:
    wait: 20ms
    tasks:
      health: {tags: [read], steps: [{get: /api/v1/health/}]}
      missing: [{get: /nowhere}]
      loud: [{log: something was done}, {fail: 'no, not this'}]
  Open:
    load: {rate: 20/s, max_users: 5}
    tasks:
      health: [{get: /api/v1/health/}]
";

/// A dashboard that offers it.
async fn dashboard(host: &str) -> TestApp {
    let app = TestApp::new(host).await;
    let source = Source::new("everything.yaml", SCENARIO);
    let catalog = Catalog::new([source], &Environment::default(), &Changes::default());
    app.session.offer(catalog);
    app
}

/// Starts it, has an operator change it, and waits until there is something of everything.
async fn run(app: &TestApp) {
    for (method, body) in [
        (Method::POST, r#"{"scenario": "everything"}"#),
        (Method::PATCH, r#"{"users": 4}"#),
    ] {
        let (status, answer) = app.json(method, "/api/v1/run", body).await;
        assert_eq!(status, 200, "{answer}");
    }
    let mut snapshots = app.runs.snapshots();
    let has_everything = |snapshot: &Arc<Snapshot>| {
        let tables = &snapshot.tables;
        snapshot.elapsed_s > 3.0
            && tables.requests.len() >= 2
            && tables.failures.len() >= 2
            && snapshot.unsound().is_some()
            && snapshot.judgement.is_some()
    };
    let everything = soon("everything", snapshots.wait_for(has_everything)).await;
    everything.expect("a controller");
}

#[tokio::test]
async fn answers_have_the_shapes_of_the_snapshot() {
    let lab = lab(LabConfig::default());
    let app = dashboard(&lab.url()).await;
    let mut shapes = Shapes::default();
    run(&app).await;
    for _ in ["while it runs", "when it has stopped"] {
        for path in SHOWN {
            let (status, answer) = app.json(Method::GET, path, "").await;
            assert_eq!(status, 200, "{path}: {answer}");
            shapes.add(path, &answer);
        }
        app.runs.stop("by the test").await.expect("stops");
    }
    shapes.assert("shapes/answers");
}

#[tokio::test]
async fn live_messages_have_the_shapes_of_the_snapshot() {
    let lab = lab(LabConfig::default());
    let app = dashboard(&lab.url()).await;
    let mut shapes = Shapes::default();
    let (mut viewer, hello) = Viewer::open(app.address).await;
    shapes.add("hello", &hello);
    run(&app).await;
    let (_, hello) = Viewer::open(app.address).await;
    shapes.add("hello", &hello);
    app.runs.stop("by the test").await.expect("stops");
    let mut is_stopped = false;
    // The last tables come after the last frame.
    loop {
        let message = viewer.next().await;
        let kind = message["type"].as_str().expect("a type").to_owned();
        shapes.add(&kind, &message);
        is_stopped |= kind == "frame" && message["state"] == "stopped";
        if is_stopped && kind == "tables" {
            break;
        }
    }
    shapes.assert("shapes/live");
}
