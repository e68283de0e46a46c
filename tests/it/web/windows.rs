//! Any stretch of a run: its tables, its heat, one name over time.

use reqwest::Method;
use serde_json::Value;
use swarmdeck::lab::LabConfig;
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::Catalog;

use crate::support::{TestApp, lab, soon};

/// Two names, one of them with two methods and failures, and a group.
const MIXED: &str = "name: Mixed
load: {users: 6, spawn_rate: 100}
user_classes:
  U:
    wait: 20ms
    tasks:
      mixed:
        - get: /api/v1/health/
        - group: both
          steps:
            - get: /api/v1/nothing/
            - post: /api/v1/nothing/
";

async fn show(app: &TestApp, path: &str) -> Value {
    let (status, answer) = app.json(Method::GET, path, "").await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

fn sum(values: &Value) -> u64 {
    let values = values.as_array().expect("a column").iter();
    values.map(|value| value.as_u64().expect("a count")).sum()
}

fn numbers(values: &Value) -> Vec<f64> {
    let values = values.as_array().expect("a column").iter();
    values
        .map(|value| value.as_f64().expect("a number"))
        .collect()
}

/// An app on which the mixed scenario runs.
async fn running(host: &str) -> TestApp {
    let app = TestApp::new(host).await;
    let sources = [Source::new("mixed.yaml", MIXED)];
    let catalog = Catalog::new(sources, &Environment::default(), &Changes::default());
    app.session.offer(catalog);
    let body = r#"{"scenario": "mixed"}"#;
    let (status, answer) = app.json(Method::POST, "/api/v1/run", body).await;
    assert_eq!(status, 200, "{answer}");
    app
}

async fn until_s(app: &TestApp, elapsed_s: f64) {
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|snapshot| snapshot.elapsed_s > elapsed_s);
    drop(soon("time", enough).await.expect("snapshots"));
}

/// What both tables say of their rows, except for what is of now in one of them.
fn figures(table: &Value) -> Vec<Value> {
    let rows = table["requests"].as_array().expect("rows").iter();
    let all = rows.chain([&table["aggregated"]]).cloned();
    all.map(|mut row| {
        let fields = row.as_object_mut().expect("a row");
        for rate in ["rps", "fps"] {
            fields.remove(rate);
        }
        row["statuses"]
            .as_array_mut()
            .expect("pairs")
            .sort_by_key(ToString::to_string);
        row
    })
    .collect()
}

#[tokio::test]
async fn the_whole_of_an_ended_run_is_what_its_tables_say() {
    let lab = lab(LabConfig::default());
    let app = running(&lab.url()).await;
    until_s(&app, 3.2).await;
    app.send(Method::POST, "/api/v1/run/stop").await;

    let tables = show(&app, "/api/v1/stats").await;
    let window = show(&app, "/api/v1/run/window").await;
    assert_eq!(figures(&window), figures(&tables), "percentiles included");
    assert_eq!(window["failures"], tables["failures"]);
    assert_eq!(window["failures_dropped"], 0);
    assert_eq!(
        (&window["from_s"], &window["step_s"]),
        (&0.0.into(), &1.0.into())
    );
    let elapsed_s = app.runs.snapshot().elapsed_s;
    let to_s = window["to_s"].as_f64().expect("an end");
    assert!((to_s - elapsed_s).abs() < 0.01, "{to_s} {elapsed_s}");
    let rps = |table: &Value| table["aggregated"]["rps"].as_f64().expect("a rate");
    assert!((rps(&window) / rps(&tables) - 1.0).abs() < 0.01);

    // Parts of it add up, whatever is cut where.
    let parts = ["from_s=0&to_s=1", "from_s=1&to_s=2.0", "from_s=2"];
    let mut requests = 0;
    for part in parts {
        let part = show(&app, &format!("/api/v1/run/window?{part}")).await;
        requests += part["aggregated"]["requests"].as_u64().expect("a count");
    }
    assert_eq!(requests, tables["aggregated"]["requests"]);
    let inside = show(&app, "/api/v1/run/window?from_s=1.2&to_s=1.4").await;
    assert_eq!(
        (&inside["from_s"], &inside["to_s"]),
        (&1.0.into(), &2.0.into())
    );
    let beyond = show(&app, "/api/v1/run/window?from_s=1000").await;
    assert_eq!(
        (&beyond["from_s"], &beyond["requests"]),
        (&Value::Null, &Value::Array(vec![]))
    );

    let heat = show(&app, "/api/v1/run/heatmap").await;
    assert_eq!(sum(&heat["cells"]["count"]), requests);
    let (from_s, to_s) = (numbers(&heat["from_s"]), numbers(&heat["to_s"]));
    assert_eq!(from_s[1..], to_s[..to_s.len() - 1], "no gap");
    let edges_us = numbers(&heat["edges_us"]);
    assert!(edges_us.is_sorted());
    let highest = numbers(&heat["cells"]["row"])
        .into_iter()
        .fold(0.0, f64::max);
    assert_eq!(edges_us.len() as f64, highest + 2.0);
    let aggregated = &tables["aggregated"];
    let is_below = |at: usize, field: &str| edges_us[at] <= aggregated[field].as_f64().unwrap();
    assert!(
        is_below(0, "min_us") && is_below(edges_us.len() - 2, "max_us"),
        "{heat}"
    );
}

#[tokio::test]
async fn one_name_is_told_from_others_by_its_method() {
    let lab = lab(LabConfig::default());
    let app = running(&lab.url()).await;
    until_s(&app, 3.2).await;
    app.send(Method::POST, "/api/v1/run/stop").await;
    let tables = show(&app, "/api/v1/stats").await;
    let row = |method: &str, name: &str| {
        let rows = tables["requests"].as_array().expect("rows").iter();
        let mut rows = rows.filter(|row| row["method"] == method && row["name"] == name);
        rows.next().expect("a row").clone()
    };
    let nothing = "/api/v1/nothing/";
    let both = [row("GET", nothing), row("POST", nothing)];
    let counts = both.each_ref().map(|row| row["requests"].as_u64().unwrap());
    for (query, expected) in [
        ("name=/api/v1/nothing/&method=GET", counts[0]),
        ("name=/api/v1/nothing/&method=POST", counts[1]),
        ("name=/api/v1/nothing/", counts[0] + counts[1]),
        (
            "name=both",
            row("GROUP", "both")["requests"].as_u64().unwrap(),
        ),
    ] {
        let heat = show(&app, &format!("/api/v1/run/heatmap?{query}")).await;
        assert_eq!(sum(&heat["cells"]["count"]), expected, "{query}");
        let series = show(&app, &format!("/api/v1/run/series?{query}")).await;
        // A chart ends with the last whole second.
        let last_s = *numbers(&series["t_s"]).last().expect("a second");
        assert_eq!(last_s.fract(), 0.0, "{query}");
        let whole = show(&app, &format!("/api/v1/run/heatmap?{query}&to_s={last_s}")).await;
        let in_whole = sum(&whole["cells"]["count"]);
        let (rps, width_s) = (numbers(&series["rps"]), numbers(&series["width_s"]));
        let requests: f64 = rps.iter().zip(&width_s).map(|(rps, s)| rps * s).sum();
        assert!(
            (requests - in_whole as f64).abs() < 1.0,
            "{query}: {requests} {in_whole}"
        );
    }
    let series = show(
        &app,
        "/api/v1/run/series?name=/api/v1/nothing/&method=GET&from_s=1&to_s=3",
    )
    .await;
    assert_eq!(numbers(&series["t_s"]), [2.0, 3.0]);
    assert_eq!(
        numbers(&series["fps"]),
        numbers(&series["rps"]),
        "all of them fail"
    );
    assert!(series["p95_us"][0].as_u64() >= series["p50_us"][0].as_u64());
    let all = show(&app, "/api/v1/run/series?from_s=1&to_s=2").await;
    assert!(numbers(&all["rps"])[0] > numbers(&series["rps"])[0]);
}

#[tokio::test]
async fn mistakes_are_told_of_the_field_that_they_are_in() {
    let lab = lab(LabConfig::default());
    let app = running(&lab.url()).await;
    for (query, field) in [
        ("window?from_s=soon", "from_s"),
        ("window?from_s=-1", "from_s"),
        ("window?to_s=NaN", "to_s"),
        ("heatmap?from_s=3&to_s=3", "to_s"),
        ("heatmap?name=/nowhere/", "name"),
        ("series?name=/api/v1/health/&method=PATCH", "method"),
        ("series?method=GET", "name"),
    ] {
        let path = format!("/api/v1/run/{query}");
        let (status, answer) = app.json(Method::GET, &path, "").await;
        assert_eq!(
            (status, &answer["field"]),
            (400, &field.into()),
            "{query}: {answer}"
        );
    }
    let twice = app
        .json(Method::GET, "/api/v1/run/window?to_s=1&to_s=2", "")
        .await;
    assert_eq!(twice.0, 400, "{}", twice.1);
    app.send(Method::POST, "/api/v1/run/stop").await;
    app.send(Method::DELETE, "/api/v1/run").await;
    let (status, _) = app.json(Method::GET, "/api/v1/run/window", "").await;
    assert_eq!(status, 404, "nothing is left of it");
}

#[tokio::test]
async fn a_reset_begins_anew() {
    let lab = lab(LabConfig::default());
    let app = running(&lab.url()).await;
    until_s(&app, 2.2).await;
    app.send(Method::POST, "/api/v1/run/reset").await;
    let reset_s = app.runs.snapshot().elapsed_s;
    until_s(&app, reset_s + 2.2).await;
    app.send(Method::POST, "/api/v1/run/stop").await;
    let tables = show(&app, "/api/v1/stats").await;
    let window = show(&app, "/api/v1/run/window").await;
    assert_eq!(figures(&window), figures(&tables));
    let from_s = window["from_s"].as_f64().expect("a beginning");
    assert!(from_s > 2.0, "{window}");
}
