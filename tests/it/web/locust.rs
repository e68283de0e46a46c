//! Locust's routes that only show.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;
use swarmdeck::run::Level;

use crate::support::{PATIENCE, TestApp, eventually, lab, soon};

async fn get(app: &TestApp, path: &str) -> Value {
    let answer = app.send(Method::GET, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    assert_eq!(answer.headers()["content-type"], "application/json");
    answer.json().await.expect("JSON")
}

/// A run in which requests succeed and tasks fail, stopped again.
async fn after_failing_tasks(app: &TestApp) {
    let fields = [
        ("user_count", "4"),
        ("spawn_rate", "100"),
        ("scenario", "fails"),
    ];
    let started = app.swarm(&fields).await;
    assert_eq!(started["success"], true, "{started}");
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| {
        s.counts.succeeded > 20 && s.tables.failures.iter().any(|line| line.count > 3)
    });
    drop(
        soon("requests and failures", enough)
            .await
            .expect("a controller"),
    );
}

#[tokio::test]
async fn failures_of_tasks_are_exceptions_and_no_errors() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    assert_eq!(get(&app, "/exceptions").await, json!({"exceptions": []}));
    after_failing_tasks(&app).await;
    app.send(Method::POST, "/stop").await;
    let exceptions = get(&app, "/exceptions").await;
    let list = exceptions["exceptions"].as_array().unwrap();
    assert_eq!(list.len(), 1, "{exceptions}");
    let one = &list[0];
    assert!(one["count"].as_u64().unwrap() > 3);
    assert_eq!(
        (&one["msg"], &one["traceback"], &one["nodes"]),
        (&json!("loud: no, not this"), &json!(""), &json!("local"))
    );
    let stats = get(&app, "/stats/requests").await;
    assert_eq!(stats["errors"], json!([]));
    assert!(stats["stats"].as_array().unwrap().len() > 1);
}

#[tokio::test]
async fn ratios_follow_the_weights_while_users_run() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    assert_eq!(
        get(&app, "/tasks").await,
        json!({"per_class": {}, "total": {}})
    );
    after_failing_tasks(&app).await;
    let per_class = json!({
        "Often": {"ratio": 0.75, "tasks": {"health": {"ratio": 0.75}, "loud": {"ratio": 0.25}}},
        "Seldom": {"ratio": 0.25, "tasks": {"health": {"ratio": 1.0}}},
    });
    let total = json!({
        "Often": {"ratio": 0.75, "tasks": {"health": {"ratio": 0.5625}, "loud": {"ratio": 0.1875}}},
        "Seldom": {"ratio": 0.25, "tasks": {"health": {"ratio": 0.25}}},
    });
    let running = json!({"per_class": per_class, "total": total});
    eventually("the ratios of four users", PATIENCE, async || {
        get(&app, "/tasks").await == running
    })
    .await;
    app.send(Method::POST, "/stop").await;
    let stopped = get(&app, "/tasks").await;
    for tree in ["per_class", "total"] {
        let often = &stopped[tree]["Often"];
        assert_eq!(often["ratio"], 0.0, "{stopped}");
        assert_eq!(often["tasks"]["health"]["ratio"], 0.0, "{stopped}");
    }
}

#[tokio::test]
async fn logs_tell_what_the_program_its_runs_and_its_scenarios_say() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    app.session.note(Level::Warning, "said by the program");
    after_failing_tasks(&app).await;
    app.send(Method::POST, "/stop").await;
    let mut lines = Vec::new();
    eventually("the end of the run in the log", PATIENCE, async || {
        let logs = get(&app, "/logs").await;
        assert_eq!(logs["workers"], json!({}));
        lines = serde_json::from_value(logs["master"].clone()).expect("texts");
        lines.iter().any(|line: &String| line.contains("stopped: "))
    })
    .await;
    let find = |words: &str| {
        let line = lines.iter().find(|line| line.contains(words));
        line.unwrap_or_else(|| panic!("{words}: {lines:?}"))
    };
    assert!(find("said by").ends_with("/WARNING/swarmdeck.main: said by the program"));
    assert!(find("4 users at").contains("/INFO/swarmdeck.run: "));
    assert!(find("something was done").contains("/INFO/swarmdeck.scenario: "));
    for line in &lines {
        let (time, rest) = line.split_once("] ").expect("a time");
        assert_eq!(time.len(), "[2026-11-23 18:51:42,187".len(), "{line}");
        let (host, _) = rest.split_once('/').expect("a host");
        assert!(!host.is_empty() && !host.contains('.'), "{line}");
    }
    app.send(Method::DELETE, "/api/v1/run").await;
    let kept = get(&app, "/logs").await;
    assert_eq!(kept["master"].as_array().unwrap().len(), lines.len());
}

#[tokio::test]
async fn the_log_is_read_on_from_where_one_was() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    (0..510).for_each(|i| app.session.note(Level::Info, format!("line {i}")));
    app.session.note(Level::Error, "two\nlines");
    let (status, all) = app.json(Method::GET, "/api/v1/logs", "").await;
    assert_eq!((status, &all["dropped"]), (200, &json!(11)));
    let lines = all["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 500);
    let last = &lines[499];
    assert_eq!(
        (&last["level"], &last["source"], &last["text"]),
        (
            &json!("error"),
            &json!("swarmdeck.main"),
            &json!("two\nlines")
        )
    );
    assert_eq!(lines[0]["text"], "line 11");
    let after = format!("/api/v1/logs?after={}", lines[497]["number"]);
    let (_, news) = app.json(Method::GET, &after, "").await;
    assert_eq!(news["lines"].as_array().unwrap(), &lines[498..]);
    let (status, wrong) = app.json(Method::GET, "/api/v1/logs?after=x", "").await;
    assert_eq!((status, &wrong["success"]), (400, &json!(false)));
}

/// The lines of a CSV file, which all end as they should.
async fn csv(app: &TestApp, path: &str, what: &str) -> Vec<String> {
    let answer = app.send(Method::GET, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    let disposition = header("content-disposition");
    let name = disposition.strip_prefix("attachment;filename=Swarmdeck_");
    let name = name.unwrap_or_else(|| panic!("{disposition}"));
    assert!(name.ends_with(what), "{name}");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    assert!(name.chars().all(is_plain), "{name}");
    let text = answer.text().await.expect("text");
    let text = text.strip_suffix("\r\n").expect("a line that ends");
    let lines: Vec<String> = text.split("\r\n").map(str::to_owned).collect();
    assert!(lines.iter().all(|line| !line.contains('\n')), "{text}");
    lines
}

#[tokio::test]
async fn response_times_are_a_download_of_their_own() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let ready = csv(&app, "/api/v1/run/response.csv", "response.csv").await;
    assert_eq!(ready.len(), 1, "{ready:?}");
    let (status, _) = app
        .json(Method::POST, "/api/v1/run", "{\"scenario\": \"open\"}")
        .await;
    assert_eq!(status, 200);
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| s.tables.aggregated.requests > 20);
    drop(soon("requests", enough).await.unwrap());
    app.send(Method::POST, "/stop").await;
    let lines = csv(&app, "/api/v1/run/response.csv", "_response.csv").await;
    assert!(lines[1].starts_with("GET,/api/v1/health/,"), "{lines:?}");
    assert!(lines[2].starts_with(",Aggregated,"), "{lines:?}");
    let (_, stats) = app.json(Method::GET, "/api/v1/stats", "").await;
    let all = &stats["aggregated"];
    let max_ms = all["response"]["max_us"].as_f64().unwrap() / 1e3;
    assert!(
        lines[2].ends_with(&format!(",{max_ms:?}")),
        "{lines:?} {all}"
    );
    assert!(all["response"]["mean_us"].as_f64().unwrap() > 0.0, "{all}");
}

#[tokio::test]
async fn tables_are_downloaded_with_the_columns_that_locust_has() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let head = "Type,Name,Request Count,Failure Count,Median Response Time,\
        Average Response Time,Min Response Time,Max Response Time,Average Content Size,\
        Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";
    let ready = csv(&app, "/stats/requests/csv", "requests.csv").await;
    assert_eq!(ready.len(), 2, "{ready:?}");
    assert!(ready[1].starts_with(",Aggregated,0,0,"), "{ready:?}");
    assert!(ready[1].ends_with(",N/A,N/A"), "{ready:?}");

    after_failing_tasks(&app).await;
    app.send(Method::POST, "/stop").await;
    let requests = csv(&app, "/stats/requests/csv", "_requests.csv").await;
    assert_eq!(requests[0], head);
    assert_eq!(requests.len(), 3, "{requests:?}");
    let count = app.runs.snapshot().counts.succeeded;
    let row = format!("GET,/api/v1/health/,{count},0,");
    assert!(requests[1].starts_with(&row), "{requests:?}");
    let sum = format!(",Aggregated,{count},0,");
    assert!(requests[2].starts_with(&sum), "{requests:?}");
    assert_eq!(requests[1].split(',').count(), 22);

    let failures = csv(&app, "/stats/failures/csv", "_failures.csv").await;
    assert_eq!(
        failures,
        ["Method,Name,Error,Occurrences,First Seen,Last Seen"]
    );
    let exceptions = csv(&app, "/exceptions/csv", "_exceptions.csv").await;
    assert_eq!(exceptions[0], "Count,Message,Traceback,Nodes");
    assert!(
        exceptions[1].ends_with(",\"loud: no, not this\",,local"),
        "{exceptions:?}"
    );

    let url = format!("{}/nothing", lab.url());
    let fields = [("user_count", "1"), ("spawn_rate", "9"), ("host", &url)];
    app.swarm(&fields).await;
    let mut snapshots = app.runs.snapshots();
    let failed = snapshots.wait_for(|s| !s.tables.failures.is_empty());
    drop(soon("failures", failed).await.unwrap());
    app.send(Method::POST, "/stop").await;
    let failures = csv(&app, "/stats/failures/csv", "_failures.csv").await;
    let fields: Vec<_> = failures[1].split(',').collect();
    assert_eq!(fields[..3], ["GET", "/api/v1/health/", "status 404"]);
    assert!(
        fields[4].ends_with('Z') && fields[4] <= fields[5],
        "{failures:?}"
    );
}

#[tokio::test]
async fn what_there_is_not_is_said() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let text = async |answer: Response| answer.text().await.expect("text");
    let history = "/stats/requests_full_history/csv";
    let answer = app.send(Method::GET, history).await;
    assert_eq!(answer.status(), 404);
    let why = "Error: Server was not started with option to generate full history.";
    assert_eq!(text(answer).await, why);
    assert_eq!(get(&app, "/worker-count").await, json!({"worker_count": 0}));
    let login = app.send(Method::GET, "/login").await;
    assert_eq!(
        (login.status().as_u16(), &login.headers()["location"]),
        (302, &"./".parse().unwrap())
    );
    let body = r#"{"user_class_name": "U", "weight": 2}"#;
    let (status, refused) = app.json(Method::POST, "/user", body).await;
    assert_eq!((status, &refused["success"]), (400, &json!(false)));
    assert!(refused["message"].as_str().unwrap().contains("--set"));
    for (method, path, allowed) in [
        (Method::POST, "/exceptions", "GET,HEAD"),
        (Method::POST, "/tasks", "GET,HEAD"),
        (Method::GET, "/user", "POST"),
        (Method::POST, "/stats/requests/csv", "GET,HEAD"),
        (Method::PUT, "/stop", "GET,HEAD,POST"),
    ] {
        let wrong = app.send(method.clone(), path).await;
        assert_eq!(wrong.status(), 405, "{method} {path}");
        assert_eq!(wrong.headers()["allow"], allowed, "{method} {path}");
    }
}
