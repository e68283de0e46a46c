//! User classes that are chosen when a run starts, and the label it is given.

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;

use crate::support::{TestApp, lab, soon};

/// The classes of the run on show.
fn running(app: &TestApp) -> Vec<String> {
    let snapshot = app.runs.snapshot();
    let classes = snapshot.tables.classes.iter();
    classes.map(|class| class.name.to_string()).collect()
}

async fn events(app: &TestApp) -> Vec<String> {
    let (_, log) = app.json(Method::GET, "/api/v1/logs", "").await;
    let lines = log["lines"].as_array().expect("lines").iter();
    let texts = lines.map(|line| line["text"].as_str().unwrap_or_default().to_owned());
    texts.collect()
}

async fn start(app: &TestApp, body: Value) -> (u16, Value) {
    app.json(Method::POST, "/api/v1/run", &body.to_string())
        .await
}

#[tokio::test]
async fn a_run_has_the_classes_that_are_chosen() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let body = json!({"scenario": "fails", "classes": ["Seldom"], "profile": " nightly "});
    let (status, started) = start(&app, body).await;
    assert_eq!(status, 200, "{started}");
    assert_eq!(running(&app), ["Seldom"]);
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| s.users == 4 && s.counts.succeeded > 20);
    drop(soon("users", enough).await.expect("a controller"));
    let (_, shown) = app.json(Method::GET, "/api/v1/run", "").await;
    assert_eq!(shown["run"]["profile"], "nightly");
    app.send(Method::POST, "/stop").await;
    let (_, exceptions) = app.json(Method::GET, "/exceptions", "").await;
    assert_eq!(exceptions["exceptions"], json!([]), "the other class fails");
    let said = events(&app).await;
    let left = "user classes not selected: Often";
    assert!(said.iter().any(|text| text.contains(left)), "{said:?}");
    let report = app.send(Method::GET, "/stats/report").await;
    let report = report.text().await.expect("a page");
    assert!(report.contains("nightly") && report.contains("Label"));

    let (status, started) = start(&app, json!({"scenario": "fails"})).await;
    assert_eq!(status, 200, "{started}");
    assert_eq!(running(&app), ["Often", "Seldom"]);
    let (_, shown) = app.json(Method::GET, "/api/v1/run", "").await;
    assert_eq!(shown["run"]["profile"], "");
    app.send(Method::POST, "/stop").await;
}

#[tokio::test]
async fn a_choice_that_cannot_be_run_is_refused_at_its_field() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let long = "x".repeat(101);
    for (body, field, words) in [
        (
            json!({"scenario": "fails", "classes": ["Seldom", "Oftn"]}),
            "classes",
            "unknown user class `Oftn`: did you mean `Often`? available: Often, Seldom",
        ),
        (
            json!({"scenario": "fails", "classes": []}),
            "classes",
            "choose at least one user class of Often, Seldom",
        ),
        (json!({"profile": long}), "profile", "at most 100"),
        (json!({"profile": "two\nlines"}), "profile", "one line"),
    ] {
        let (status, refused) = start(&app, body.clone()).await;
        assert_eq!(status, 400, "{body}: {refused}");
        assert_eq!(refused["field"], field, "{body}: {refused}");
        let said = refused["message"].as_str().expect("words");
        assert!(said.contains(words), "{body}: {said}");
        assert_eq!(app.runs.snapshot().state, RunState::Ready, "{body}");
    }
}

#[tokio::test]
async fn swarm_takes_the_classes_as_locust_does() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let fields = |classes: &[&'static str]| {
        let load = [
            ("user_count", "4"),
            ("spawn_rate", "100"),
            ("scenario", "fails"),
            ("profile", "weekly"),
        ];
        let classes = classes.iter().map(|class| ("user_classes", *class));
        load.into_iter().chain(classes).collect::<Vec<_>>()
    };
    let refused = app.swarm(&fields(&["Seldom", "Nobody"])).await;
    assert_eq!(refused["success"], false);
    let said = refused["message"].as_str().expect("words");
    assert!(said.contains("available: Often, Seldom"), "{said}");

    let both = app.swarm(&fields(&["Seldom", "Often"])).await;
    assert_eq!(both["success"], true, "{both}");
    assert_eq!(both["user_classes"], json!(["Often", "Seldom"]), "sorted");
    app.send(Method::POST, "/stop").await;

    let one = app.swarm(&fields(&["Seldom"])).await;
    assert_eq!(one["user_classes"], json!(["Seldom"]), "{one}");
    assert_eq!(running(&app), ["Seldom"]);
    let (_, shown) = app.json(Method::GET, "/api/v1/run", "").await;
    assert_eq!(shown["run"]["profile"], "weekly");
    // While it runs the load changes, the classes do not.
    let same = app.swarm(&fields(&["Seldom", "Seldom"])).await;
    assert_eq!(same["success"], true, "{same}");
    let other = app.swarm(&fields(&["Often"])).await;
    assert_eq!(other["success"], false, "{other}");
    let said = other["message"].as_str().expect("words");
    assert!(
        said.contains("stop this run first (running: Seldom)"),
        "{said}"
    );
    app.send(Method::POST, "/stop").await;
    let none = app.swarm(&fields(&[])).await;
    assert_eq!(
        (&none["success"], none.get("user_classes")),
        (&json!(true), None)
    );
    assert_eq!(running(&app), ["Often", "Seldom"]);
    app.send(Method::POST, "/stop").await;
}
