//! The demo: its acts, and how it is left.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::format::event_lines;
use swarmdeck::lab::{Lab, LabConfig};
use swarmdeck::model::RunState;
use swarmdeck::run::EventKind;

use crate::support::{PATIENCE, Shapes, TestApp, Viewer, eventually, lab};

/// What a lab does wrong.
async fn faults(lab: &Lab) -> Value {
    let client = reqwest::Client::builder().no_proxy().build();
    let request = client
        .expect("a client")
        .get(format!("{}/lab/faults", lab.url()));
    let answer = request.send().await;
    let body: Value = answer.expect("a lab").json().await.expect("JSON");
    body["faults"].clone()
}

/// The first words of what the demo has said in the run.
fn told(app: &TestApp) -> Vec<String> {
    let (events, _) = event_lines(&app.runs.log(), 0);
    let told = events.iter().filter(|event| event.kind == EventKind::Demo);
    let first = told.map(|event| event.text.split(':').next().unwrap_or_default().to_owned());
    first.collect()
}

async fn play(app: &TestApp) {
    let (status, answer) = app.json(Method::POST, "/api/v1/demo", "").await;
    assert_eq!(status, 200, "{answer}");
}

/// Waits until no demo is played.
async fn over(viewer: &mut Viewer) {
    viewer
        .until("demo", |message| message["demo"].is_null())
        .await;
}

#[tokio::test]
async fn its_acts_are_played_in_order_and_the_lab_is_sound_after_them() {
    let lab = lab(LabConfig::default());
    let app = TestApp::with_demo(&lab, Duration::from_millis(100)).await;
    let (mut viewer, hello) = Viewer::open(app.address).await;
    assert_eq!(hello["demo"], Value::Null);
    play(&app).await;
    let (status, again) = app.json(Method::POST, "/api/v1/demo", "").await;
    assert_eq!(status, 409, "{again}");

    let mut shapes = Shapes::default();
    let acts = ["Ramp", "Hold", "Burst", "Break", "Recover"];
    let mut seen: Vec<String> = Vec::new();
    let mut faulty = Vec::new();
    let mut next = 1;
    while next <= acts.len() {
        let message = viewer.until("demo", |_| true).await;
        shapes.add("demo", &message);
        let act = &message["demo"];
        assert_eq!((&act["act"], &act["of"]), (&json!(next), &json!(5)));
        seen.push(act["title"].as_str().expect("a title").to_owned());
        if act["title"] == "Break" {
            eventually("a fault", PATIENCE, async || {
                faulty = faults(&lab).await.as_array().cloned().expect("a list");
                !faulty.is_empty()
            })
            .await;
        }
        next += 1;
    }
    assert_eq!(seen, acts);
    shapes.assert("shapes/demo");
    assert_eq!(faulty, [json!("errors=30%")]);
    over(&mut viewer).await;

    assert_eq!(faults(&lab).await, json!([]));
    assert_eq!(told(&app), acts, "each is an event, too");
    let snapshot = app.runs.snapshot();
    assert_eq!(snapshot.state, RunState::Stopped);
    assert!(snapshot.counts.failed > 0, "what broke is in the figures");
    let (events, _) = event_lines(&app.runs.log(), 0);
    let of_demo =
        |event: &&swarmdeck::format::EventLine| event.text == "burst ×5: 15 users for 0.8 s";
    assert_eq!(events.iter().filter(of_demo).count(), 1, "{events:?}");
}

#[tokio::test]
async fn it_is_left_in_the_middle_of_its_fault_and_the_run_goes_on() {
    let lab = lab(LabConfig::default());
    let app = TestApp::with_demo(&lab, Duration::from_millis(200)).await;
    play(&app).await;
    eventually("a fault", PATIENCE, async || {
        faults(&lab).await != json!([])
    })
    .await;
    let (status, left) = app.json(Method::DELETE, "/api/v1/demo", "").await;
    assert_eq!(status, 200);
    assert_eq!(left["message"], "Demo ended. The run continues.");
    assert_eq!(faults(&lab).await, json!([]));
    let told = told(&app);
    assert_eq!(
        told.last().map(String::as_str),
        Some("Demo ended. The run continues."),
        "{told:?}"
    );
    let then = app.runs.snapshot();
    assert!(then.state.is_active());
    eventually("the run goes on", PATIENCE, async || {
        app.runs.snapshot().counts.succeeded > then.counts.succeeded + 10
    })
    .await;
    app.runs.stop("by the test").await.expect("stops");
}

#[tokio::test]
async fn whoever_does_something_to_the_run_takes_it_over() {
    let lab = lab(LabConfig::default());
    let app = TestApp::with_demo(&lab, Duration::from_secs(1)).await;
    let (mut viewer, _) = Viewer::open(app.address).await;
    for (method, path, body, state) in [
        (Method::PATCH, "/api/v1/run", "{\"users\": 2}", true),
        (Method::POST, "/api/v1/run/pause", "", true),
        (Method::POST, "/api/v1/run/stop", "", false),
    ] {
        play(&app).await;
        eventually("users", PATIENCE, async || app.runs.snapshot().users > 0).await;
        let (status, answer) = app.json(method, path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        over(&mut viewer).await;
        assert_eq!(app.runs.snapshot().state.is_active(), state, "{path}");
        app.runs.stop("by the test").await.expect("stops");
    }
}
