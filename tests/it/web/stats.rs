//! `/stats/requests` as Locust shapes it.

use reqwest::Method;
use serde_json::Value;
use swarmdeck::lab::LabConfig;
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::Catalog;

use crate::support::{TestApp, lab, soon};

async fn stats(app: &TestApp) -> Value {
    let answer = app.send(Method::GET, "/stats/requests").await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn statistics_have_the_fields_that_locust_has() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let ready = stats(&app).await;
    assert_eq!(
        (&ready["state"], &ready["user_count"]),
        (&"ready".into(), &0.into())
    );
    let only = ready["stats"].as_array().unwrap();
    assert_eq!((only.len(), &only[0]["name"]), (1, &"Aggregated".into()));

    app.swarm(&[("user_count", "5"), ("spawn_rate", "100")])
        .await;
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| s.tables.aggregated.requests > 50);
    drop(soon("requests", enough).await.unwrap());
    let running = stats(&app).await;
    assert!(["spawning", "running"].contains(&running["state"].as_str().unwrap()));
    assert_eq!(running["user_count"], 5);
    for field in [
        "current_rps",
        "current_fail_per_sec",
        "total_rps",
        "total_fail_per_sec",
        "fail_ratio",
    ] {
        assert!(running[field].is_number(), "{field}");
    }
    let percentiles = &running["current_response_time_percentiles"];
    assert!(percentiles["response_time_percentile_0.5"].is_number());
    assert!(percentiles["response_time_percentile_0.95"].is_number());
    assert_eq!(running["errors"], Value::Array(Vec::new()));

    let rows = running["stats"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["method"], &rows[0]["name"]),
        (&"GET".into(), &"/api/v1/health/".into())
    );
    assert_eq!(
        (&rows[1]["method"], &rows[1]["name"]),
        (&"".into(), &"Aggregated".into())
    );
    for row in rows {
        assert!(row["num_requests"].as_u64().unwrap() > 50);
        assert_eq!(row["num_failures"].as_u64(), Some(0));
        for field in [
            "min_response_time",
            "max_response_time",
            "avg_response_time",
            "median_response_time",
            "current_rps",
            "current_fail_per_sec",
            "total_rps",
            "total_fail_per_sec",
            "avg_content_length",
            "response_time_percentile_0.95",
            "response_time_percentile_0.99",
        ] {
            assert!(row[field].is_number(), "{field}");
        }
    }
    assert!(rows[1]["total_rps"].as_f64().unwrap() > 0.0);
    app.send(Method::POST, "/stop").await;
    assert_eq!(stats(&app).await["state"], "stopped");
}

#[tokio::test]
async fn errors_are_listed_with_when_they_were_seen() {
    let lab = lab(LabConfig::default());
    // Every path of the scenario is below this one, where the lab has nothing.
    let app = TestApp::new(&format!("{}/nothing", lab.url())).await;
    app.swarm(&[("user_count", "2"), ("spawn_rate", "100")])
        .await;
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| s.counts.failed > 20);
    drop(soon("failures", enough).await.unwrap());
    app.send(Method::POST, "/stop").await;
    let stopped = stats(&app).await;
    let error = &stopped["errors"][0];
    assert_eq!(
        (&error["method"], &error["name"]),
        (&"GET".into(), &"/api/v1/health/".into())
    );
    assert!(error["error"].as_str().unwrap().contains("404"), "{error}");
    let aggregated = &stopped["stats"][1];
    assert_eq!(error["occurrences"], aggregated["num_failures"]);
    assert_eq!(aggregated["num_requests"], aggregated["num_failures"]);
    assert_eq!(stopped["fail_ratio"], 1.0);
    let seen = |field: &str| error[field].as_f64().unwrap();
    assert!(seen("first_seen") > 1.7e9 && seen("first_seen") <= seen("last_seen"));
}

/// A task with a request for each of so many names.
fn many_names(names: usize) -> Source {
    let head = "name: Many\nload: {users: 1, spawn_rate: 1}\nuser_classes:\n  U:\n    wait: 1h\n    tasks:\n      all:\n";
    let request = |i| format!("        - {{get: /api/v1/health/, name: 'n{i:03}'}}\n");
    let requests: String = (0..names).map(request).collect();
    Source::new("many.yaml", format!("{head}{requests}"))
}

#[tokio::test]
async fn an_answer_has_at_most_as_many_rows_as_one_of_locust() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let catalog = Catalog::new(
        [many_names(510)],
        &Environment::default(),
        &Changes::default(),
    );
    app.session.offer(catalog);
    let fields = [
        ("user_count", "1"),
        ("spawn_rate", "9"),
        ("scenario", "many"),
    ];
    let started = app.swarm(&fields).await;
    assert_eq!(started["success"], true, "{started}");
    let mut snapshots = app.runs.snapshots();
    let all = snapshots.wait_for(|s| s.tables.requests.len() == 510);
    drop(soon("all names", all).await.unwrap());
    app.send(Method::POST, "/stop").await;

    let stopped = stats(&app).await;
    let rows = stopped["stats"].as_array().unwrap();
    assert_eq!(rows.len(), 501);
    assert_eq!(
        (&rows[0]["name"], &rows[499]["name"]),
        (&"n000".into(), &"n499".into())
    );
    assert_eq!(
        (&rows[500]["name"], &rows[500]["num_requests"]),
        (&"Aggregated".into(), &510.into())
    );
    let csv = app.send(Method::GET, "/stats/requests/csv").await;
    let csv = csv.text().await.unwrap();
    assert_eq!(csv.lines().count(), 512, "files have all of them");

    let metrics = app.send(Method::GET, "/metrics").await;
    let metrics = metrics.text().await.unwrap();
    let count = |prefix: &str| metrics.lines().filter(|l| l.starts_with(prefix)).count();
    assert_eq!(count("swarmdeck_requests_total{"), 101);
    let rest = "swarmdeck_requests_total{method=\"\",name=\"(other)\"} 410";
    assert_eq!(count(rest), 1);
}
