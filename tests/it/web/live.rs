//! The live socket.

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::support::{PATIENCE, TestApp, Viewer, eventually, lab, soon};

/// Adds the seconds of a message to those seen.
fn take_seconds(seen: &mut Vec<u64>, series: &Value) {
    let times = series["t_s"].as_array().expect("columns");
    for column in [
        "width_s",
        "rps",
        "fps",
        "p50_us",
        "p95_us",
        "p99_us",
        "response_p50_us",
        "scheduled",
        "started",
        "dropped",
        "planned",
        "undelivered",
        "overdue",
        "users",
        "planned_users",
    ] {
        assert_eq!(series[column].as_array().expect(column).len(), times.len());
    }
    seen.extend(times.iter().map(|time| time.as_u64().expect("a number")));
}

#[tokio::test]
async fn a_viewer_sees_a_run_from_its_start_to_its_end() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut viewer, hello) = Viewer::open(app.address).await;
    assert_eq!(hello["run"], Value::Null);
    assert_eq!(hello["frame"]["state"], "ready");
    assert_eq!(hello["defaults"]["scenario"], "health");
    assert_eq!(hello["defaults"]["host"], lab.url());
    assert_eq!(hello["build"], swarmdeck::web::build_hash());
    let scenarios = hello["scenarios"].as_array().unwrap();
    assert_eq!(scenarios[0]["problems"], json!([]));
    assert_eq!(scenarios[0]["users"], 3);
    assert_eq!(scenarios[0]["plans"], json!([]));
    assert_ne!(scenarios[1]["problems"], json!([]));
    let (open, staged) = (&scenarios[3], &scenarios[4]);
    assert_eq!(
        (&open["users"], &open["spawn_rate"]),
        (&json!(null), &json!(null))
    );
    let starts =
        json!([{"of": "starts", "classes": ["U"], "max_users": 40, "t_s": [0.0], "value": [60.0]}]);
    assert_eq!(open["plans"], starts);
    let users = json!([{"of": "users", "classes": ["U"], "max_users": null,
        "t_s": [0.0, 1.0, 61.0], "value": [0.0, 7.0, 7.0]}]);
    assert_eq!((&staged["users"], &staged["plans"]), (&json!(null), &users));

    app.swarm(&[("user_count", "6"), ("spawn_rate", "100")])
        .await;
    let started = viewer.until("hello", |_| true).await;
    assert_eq!(started["run"]["scenario"], "Health");
    assert_eq!(started["run"]["host"], lab.url());
    assert_eq!(started["events"][0]["kind"], "started");
    let mut seconds = Vec::new();
    take_seconds(&mut seconds, &started["series"]);
    let mut tables = 0;
    let mut spawned = false;
    while tables < 3 || seconds.len() < 2 || !spawned {
        let message = viewer.next().await;
        match message["type"].as_str().unwrap() {
            "frame" => {
                take_seconds(&mut seconds, &message["seconds"]);
                assert_eq!(message["target_users"], 6);
            }
            "tables" => tables += 1,
            "event" => spawned |= message["kind"] == "spawned",
            "readings" => {} // of the program itself
            other => panic!("{other}: {message}"),
        }
    }
    assert_eq!(seconds, (1..=seconds.len() as u64).collect::<Vec<_>>());
    app.send(Method::POST, "/stop").await;
    viewer
        .until("event", |event| event["kind"] == "stopping")
        .await;
    viewer
        .until("event", |event| event["kind"] == "stopped")
        .await;
    let last = viewer
        .until("frame", |frame| frame["state"] == "stopped")
        .await;
    assert_eq!(
        (&last["users"], &last["planned_users"]),
        (&json!(0), &json!(0))
    );
    let tables = viewer.until("tables", |_| true).await;
    assert_eq!(tables["counts"]["in_flight"], 0);
    assert_eq!(tables["aggregated"]["requests"], last["requests"]);
}

#[tokio::test]
async fn a_start_a_reset_and_an_end_each_bring_a_hello() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut viewer, _) = Viewer::open(app.address).await;
    app.swarm(&[("user_count", "2"), ("spawn_rate", "100")])
        .await;
    viewer
        .until("hello", |hello| hello["run"] != Value::Null)
        .await;
    viewer
        .until("frame", |frame| frame["requests"].as_u64() > Some(50))
        .await;
    app.send(Method::POST, "/stats/reset").await;
    let reset = viewer.until("hello", |_| true).await;
    assert!(reset["frame"]["requests"].as_u64() < Some(50), "{reset}");
    let events = reset["events"].as_array().unwrap();
    let event = events.last().unwrap();
    assert_eq!(event["kind"], "reset");
    let seconds = reset["series"]["t_s"].as_array().unwrap();
    let anew = seconds
        .iter()
        .all(|t_s| t_s.as_f64() >= event["t_s"].as_f64());
    assert!(anew, "{event} but {seconds:?}");
    app.send(Method::POST, "/stop").await;
    app.send(Method::DELETE, "/api/v1/run").await;
    let cleared = viewer.until("hello", |_| true).await;
    assert_eq!(cleared["run"], Value::Null);
    assert_eq!(
        (&cleared["frame"]["state"], &cleared["events"]),
        (&json!("ready"), &json!([]))
    );
}

#[tokio::test]
async fn a_later_viewer_sees_the_same_run_from_the_beginning() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut first, _) = Viewer::open(app.address).await;
    app.swarm(&[("user_count", "4"), ("spawn_rate", "100")])
        .await;
    let hello = first
        .until("hello", |hello| hello["run"] != Value::Null)
        .await;
    let mut seen: Vec<Vec<Value>> = Vec::new();
    let mut take = |series: &Value| {
        let columns = ["t_s", "width_s", "rps", "fps", "p50_us", "p99_us", "users"];
        let column = |name: &str| series[name].as_array().expect("a column").clone();
        let columns = columns.map(column);
        seen.extend(
            (0..columns[0].len()).map(|row| columns.iter().map(|c| c[row].clone()).collect()),
        );
        seen.len()
    };
    take(&hello["series"]);
    while take(&first.until("frame", |_| true).await["seconds"]) < 3 {}
    let (mut second, hello) = Viewer::open(app.address).await;
    let rows = hello["series"]["t_s"].as_array().unwrap().len();
    while take(&first.until("frame", |_| true).await["seconds"]) < rows {}
    for (at, row) in seen.iter().take(rows).enumerate() {
        let series = &hello["series"];
        let columns = ["t_s", "width_s", "rps", "fps", "p50_us", "p99_us", "users"];
        let of_second: Vec<_> = columns
            .iter()
            .map(|name| series[*name][at].clone())
            .collect();
        assert_eq!(*row, of_second);
    }
    assert_eq!(hello["events"][0]["kind"], "started");
    second.until("frame", |frame| frame["users"] == 4).await;
    app.send(Method::POST, "/stop").await;
    let ends =
        [&mut first, &mut second].map(|viewer| viewer.until("frame", |f| f["state"] == "stopped"));
    let [a, b] = ends;
    assert_eq!(a.await["requests"], b.await["requests"]);
}

#[tokio::test]
async fn a_viewer_that_never_reads_disturbs_nobody() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut deaf = socket.connect(app.address).await.unwrap();
    let upgrade = format!(
        "GET /api/v1/live HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        app.address
    );
    deaf.write_all(upgrade.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    soon("an answer", deaf.read_exact(&mut answer))
        .await
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");

    let (mut viewer, _) = Viewer::open(app.address).await;
    app.swarm(&[("user_count", "3"), ("spawn_rate", "100")])
        .await;
    viewer
        .until("hello", |hello| hello["run"] != Value::Null)
        .await;
    // Each reset is a hello of some 20 KB: far more than any buffer holds.
    for _ in 0..400 {
        app.runs
            .reset(swarmdeck::run::Author::new("a test"))
            .await
            .unwrap();
        viewer.until("hello", |_| true).await;
    }
    viewer
        .until("frame", |frame| frame["requests"].as_u64() > Some(30))
        .await;
    let stopped = soon("a stop", app.runs.stop("by the test")).await;
    stopped.unwrap();
    viewer
        .until("frame", |frame| frame["state"] == "stopped")
        .await;
    eventually("the run has ended", PATIENCE, async || {
        app.runs.snapshot().state == RunState::Stopped
    })
    .await;
    drop(deaf);
}

#[tokio::test]
async fn a_viewer_that_talks_too_long_is_let_go_alone() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let (mut quiet, _) = Viewer::open(app.address).await;
    let (mut loud, _) = Viewer::open(app.address).await;
    loud.say(&"x".repeat(10_000)).await;
    loud.until_closed().await;
    app.runs
        .reset(swarmdeck::run::Author::new("a test"))
        .await
        .unwrap();
    quiet
        .until("frame", |frame| frame["state"] == "ready")
        .await;
}
