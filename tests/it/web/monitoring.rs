//! Health and metrics.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::json;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;

use crate::support::{TestApp, lab, soon};

/// The samples of a page, by name with labels; each is there once, after its
/// type.
async fn metrics(app: &TestApp) -> HashMap<String, f64> {
    let answer = app.send(Method::GET, "/metrics").await;
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text().await.expect("text");
    assert!(text.ends_with('\n'));
    let mut samples = HashMap::new();
    let mut metric = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            name.clone_into(&mut metric);
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            assert!(name.starts_with(&metric), "{line} below {metric}");
            let value = value.parse().expect("a number");
            assert!(samples.insert(name.to_owned(), value).is_none(), "{line}");
        }
    }
    samples
}

#[tokio::test]
async fn health_tells_the_state_of_the_run() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let version = env!("CARGO_PKG_VERSION");
    let (status, ready) = app.json(Method::GET, "/health", "").await;
    let expected = json!({"status": "ok", "state": "ready", "version": version});
    assert_eq!((status, ready), (200, expected));
    app.swarm(&[("user_count", "1"), ("spawn_rate", "9")]).await;
    app.send(Method::POST, "/stop").await;
    let (_, stopped) = app.json(Method::GET, "/health", "").await;
    assert_eq!(stopped["state"], "stopped");
}

/// What `promtool`, of Prometheus itself, has to say about a page; `tests/run`
/// installs it.
async fn promtool(app: &TestApp) -> String {
    let page = app.send(Method::GET, "/metrics").await;
    let page = page.text().await.expect("text");
    let mut tool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing: `tests/run` installs it");
    let mut stdin = tool.stdin.take().expect("a pipe");
    stdin.write_all(page.as_bytes()).expect("it reads");
    drop(stdin);
    let output = tool.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    format!("{}{}", String::from_utf8_lossy(&said), output.status)
}

#[tokio::test]
async fn prometheus_has_nothing_to_say_against_the_metrics() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let clean = "exit status: 0";
    assert_eq!(promtool(&app).await, clean);
    for scenario in ["open", "fails"] {
        let body = json!({"scenario": scenario, "run_time": "1h"}).to_string();
        let (status, started) = app.json(Method::POST, "/api/v1/run", &body).await;
        assert_eq!(status, 200, "{started}");
        let mut snapshots = app.runs.snapshots();
        let enough = snapshots.wait_for(|s| s.tables.aggregated.requests > 20);
        drop(soon("requests", enough).await.unwrap());
        assert_eq!(promtool(&app).await, clean, "{scenario}");
        let samples = metrics(&app).await;
        let labels = "{method=\"GET\",name=\"/api/v1/health/\"}";
        let counted = samples.get(&format!(
            "swarmdeck_response_duration_seconds_count{labels}"
        ));
        assert_eq!(
            counted.is_some(),
            scenario == "open",
            "where starts are planned"
        );
        app.send(Method::POST, "/stop").await;
        assert_eq!(promtool(&app).await, clean, "{scenario}, ended");
    }
}

#[tokio::test]
async fn one_state_holds_also_while_a_run_is_paused() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    app.swarm(&[("user_count", "1"), ("spawn_rate", "9")]).await;
    let mut snapshots = app.runs.snapshots();
    let running = snapshots.wait_for(|s| s.state == RunState::Running);
    drop(soon("a run", running).await.unwrap());
    let (status, _) = app.json(Method::POST, "/api/v1/run/pause", "").await;
    assert_eq!(status, 200);
    let paused = snapshots.wait_for(|s| s.state == RunState::Paused);
    drop(soon("a pause", paused).await.unwrap());
    let samples = metrics(&app).await;
    let states = RunState::ALL
        .map(|state| samples[&format!("swarmdeck_run_state{{state=\"{}\"}}", state.as_str())]);
    assert_eq!(states, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
}

#[tokio::test]
async fn metrics_count_what_the_run_counts() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let ready = metrics(&app).await;
    assert_eq!(ready["swarmdeck_run_state{state=\"ready\"}"], 1.0);
    assert_eq!(ready["swarmdeck_users"], 0.0);
    app.swarm(&[
        ("user_count", "3"),
        ("spawn_rate", "100"),
        ("scenario", "fails"),
    ])
    .await;
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| s.tables.failures.iter().any(|line| line.count > 3));
    drop(soon("failures", enough).await.unwrap());
    let running = metrics(&app).await;
    assert_eq!(running["swarmdeck_users"], 3.0);
    assert!(running["swarmdeck_recent_request_duration_seconds{quantile=\"0.99\"}"] > 0.0);
    app.send(Method::POST, "/stop").await;

    let stopped = metrics(&app).await;
    let snapshot = app.runs.snapshot();
    let counts = &snapshot.counts;
    let labels = "{method=\"GET\",name=\"/api/v1/health/\"}";
    let of = |metric: &str| stopped[&format!("{metric}{labels}")];
    #[expect(clippy::cast_precision_loss, reason = "a few requests")]
    let succeeded = counts.succeeded as f64;
    assert_eq!(of("swarmdeck_requests_total"), succeeded);
    assert_eq!(of("swarmdeck_requests_failed_total"), 0.0);
    assert_eq!(of("swarmdeck_request_duration_seconds_count"), succeeded);
    let sum_s = of("swarmdeck_request_duration_seconds_sum");
    let mean_us = snapshot.tables.aggregated.mean_us.unwrap();
    assert!((sum_s / succeeded - mean_us / 1e6).abs() < 1e-9, "{sum_s}");
    assert_eq!(
        stopped["swarmdeck_answers_total{status=\"2xx\"}"],
        succeeded
    );
    let failed = stopped["swarmdeck_failures_total{of=\"task\",kind=\"fail\"}"];
    assert!(failed > 3.0, "{failed}");
    assert_eq!(stopped["swarmdeck_run_state{state=\"stopped\"}"], 1.0);
    assert_eq!(stopped["swarmdeck_run_state{state=\"ready\"}"], 0.0);
    let info = stopped
        .keys()
        .find(|name| name.starts_with("swarmdeck_run_info{"));
    assert!(info.unwrap().contains("scenario=\"Fails, \\\"loudly\\\"\""));
}
