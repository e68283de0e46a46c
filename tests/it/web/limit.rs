//! A search for the limit over the API, and how viewers follow it.

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;

use crate::support::{Shapes, TestApp, Viewer, lab};

#[tokio::test]
async fn a_search_is_started_and_followed() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut viewer, hello) = Viewer::open(app.address).await;
    assert_eq!(hello["capacity"], Value::Null);
    let body = r#"{"find_limit": {"start": 1, "max": 2, "level_time": "2s"}}"#;
    let (status, started) = app.json(Method::POST, "/api/v1/run", body).await;
    assert_eq!(status, 200, "{started}");
    for (method, path, body) in [
        (Method::PATCH, "/api/v1/run", r#"{"users": 9}"#),
        (Method::POST, "/api/v1/run/pause", ""),
    ] {
        let (status, refused) = app.json(method, path, body).await;
        assert_eq!(status, 409, "{refused}");
        let message = refused["message"].as_str().expect("a message");
        assert!(
            message.contains("limit search controls the load"),
            "{message}"
        );
    }
    let hello = viewer
        .until("hello", |hello| hello["run"] != Value::Null)
        .await;
    assert_eq!(hello["run"]["run_time_s"], Value::Null);
    let first = viewer
        .until("capacity", |told| {
            told["capacity"]["levels"][0] != Value::Null
        })
        .await;
    let level = &first["capacity"]["levels"][0];
    assert_eq!(
        (&level["load"], &first["capacity"]["of"]),
        (&json!(1.0), &json!("users"))
    );
    assert!(level["rps"].as_f64() > Some(0.0), "{level}");
    assert!(level["p95_us"].is_u64(), "{level}");
    let is_over = |told: &Value| told["capacity"]["search"]["end"] != Value::Null;
    let last = viewer.until("capacity", is_over).await;
    assert_eq!(last["capacity"]["search"]["trying"], Value::Null);
    let (_, again) = Viewer::open(app.address).await;
    assert_eq!(again["capacity"], last["capacity"]);
    let mut shapes = Shapes::default();
    shapes.add("capacity", &first);
    shapes.add("capacity", &last);
    shapes.assert("shapes/capacity");
    app.send(Method::POST, "/stop").await;
}

#[tokio::test]
async fn a_search_that_cannot_be_is_refused() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    for (body, why) in [
        (json!({"find_limit": {"start": 0}}), "a whole number from 1"),
        (json!({"find_limit": {"max": 1.5}}), "a whole number from 1"),
        (
            json!({"find_limit": {"level_time": "1s"}}),
            "2 to 600 whole seconds",
        ),
        (
            json!({"find_limit": {"of": "rate"}}),
            "cannot search over a rate",
        ),
        (json!({"find_limit": {"until": 5}}), "unknown field"),
        (
            json!({"scenario": "staged", "find_limit": {}}),
            "cannot search over users",
        ),
    ] {
        let (status, refused) = app
            .json(Method::POST, "/api/v1/run", &body.to_string())
            .await;
        assert_eq!(status, 400, "{body}: {refused}");
        let message = refused["message"].as_str().expect("a message");
        assert!(message.contains(why), "{body}: {message}");
    }
}
