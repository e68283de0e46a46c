//! Changes of the run, over Locust's routes and our own, and what is said
//! when they are not made.

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use swarmdeck::run::EventKind;

use crate::support::{TestApp, answer, lab, refused_port, soon};

async fn until_users(app: &TestApp, users: u64) {
    let mut snapshots = app.runs.snapshots();
    let reached = snapshots.wait_for(|s| s.users == users);
    drop(soon("users", reached).await.expect("a controller"));
}

fn state(app: &TestApp) -> RunState {
    app.runs.snapshot().state
}

#[tokio::test]
async fn swarming_the_way_locust_does() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new("http://127.0.0.1:1").await;
    let url = lab.url();
    let fields = [
        ("user_count", "4"),
        ("spawn_rate", "100"),
        ("host", url.as_str()),
        ("run_time", "1h20m"),
        ("profile", "nightly"),
    ];
    let started = app.swarm(&fields).await;
    assert_eq!(
        started,
        json!({"success": true, "message": "Swarming started", "host": url, "run_time": 4800.0})
    );
    until_users(&app, 4).await;
    let edited = app
        .swarm(&[("user_count", "2"), ("spawn_rate", "50.5")])
        .await;
    assert_eq!(
        edited,
        json!({"success": true, "message": "Swarming started", "host": url})
    );
    until_users(&app, 2).await;
    assert_eq!(app.runs.snapshot().load.spawn_rate, 50.5);

    for method in [Method::GET, Method::POST] {
        let reset = app.send(method, "/stats/reset").await;
        assert_eq!(reset.status(), 200);
        assert_eq!(reset.text().await.unwrap(), "ok");
    }
    for method in [Method::GET, Method::POST] {
        let (status, stopped) = app.json(method, "/stop", "").await;
        assert_eq!((status, &stopped["success"]), (200, &json!(true)));
        assert_eq!(stopped["message"], "Test stopped");
        assert_eq!(state(&app), RunState::Stopped);
    }
    let parts = "--x\r\ncontent-disposition: form-data; name=\"user_count\"\r\n\r\n1\r\n\
        --x\r\ncontent-disposition: form-data; name=\"spawn_rate\"\r\n\r\n9\r\n\
        --x\r\ncontent-disposition: form-data; name=\"host\"\r\n\r\nURL\r\n--x--\r\n";
    let request = app.request(Method::POST, "/swarm");
    let request = request.header("content-type", "multipart/form-data; boundary=x");
    let started = answer(request.body(parts.replace("URL", &url))).await;
    let started: Value = started.json().await.unwrap();
    assert_eq!(started["success"], true, "{started}");
    app.send(Method::POST, "/stop").await;
    let wrong = app.send(Method::GET, "/swarm").await;
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.headers()["allow"], "POST");
}

#[tokio::test]
async fn every_bad_swarm_is_told_why() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let refused = format!("http://127.0.0.1:{}", refused_port().await);
    let missing = "Missing or invalid user_count or spawn_rate from /swarm request";
    let times = "Valid run_time formats are : 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.";
    let rate_bounds = "spawn rate must be above 0 and at most 1000000 users/s, not";
    let user_bounds = "users must be a whole number from 0 to 1000000, not";
    let cases: [(&str, &str); 17] = [
        ("", missing),
        ("user_count=5", missing),
        ("spawn_rate=5", missing),
        ("user_count=&spawn_rate=5", missing),
        (
            "user_count=abc&spawn_rate=5",
            "Invalid user_count value: 'abc' (must be an integer)",
        ),
        (
            "user_count=NaN&spawn_rate=5",
            "Invalid user_count value: 'NaN' (must be an integer)",
        ),
        (
            "user_count=5&spawn_rate=fast",
            "Invalid spawn_rate value: 'fast' (must be a number)",
        ),
        ("user_count=-5&spawn_rate=5", &format!("{user_bounds} -5")),
        ("user_count=1.5&spawn_rate=5", &format!("{user_bounds} 1.5")),
        (
            "user_count=1000000000&spawn_rate=5",
            &format!("{user_bounds} 1000000000"),
        ),
        ("user_count=5&spawn_rate=0", &format!("{rate_bounds} 0")),
        ("user_count=5&spawn_rate=-1", &format!("{rate_bounds} -1")),
        (
            "user_count=5&spawn_rate=1000000000",
            &format!("{rate_bounds} 1000000000"),
        ),
        ("user_count=5&spawn_rate=5&run_time=soon", times),
        (
            "user_count=5&spawn_rate=5&scenario=none",
            "unknown scenario \"none\"; available: health, broken, talkative, open, staged",
        ),
        ("user_count=5&spawn_rate=5&host=nowhere", "nowhere"),
        (
            "user_count=0&spawn_rate=5&host=REFUSED",
            "start with at least 1 user",
        ),
    ];
    for (body, message) in cases {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let body = body.replace("REFUSED", &refused);
        let request = app.request(Method::POST, "/swarm");
        let answer = request
            .header(form.0, form.1)
            .body(body.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{body}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["success"], false, "{body}: {answer}");
        let said = answer["message"].as_str().unwrap();
        assert!(said.contains(message), "{body}: {said}");
        assert_eq!(state(&app), RunState::Ready, "{body}");
    }
}

#[tokio::test]
async fn targets_that_are_not_there_are_told_apart() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let port = refused_port().await;
    let unknown = ("http://nowhere.invalid", "cannot resolve nowhere.invalid");
    let refused = format!("http://127.0.0.1:{port}");
    let sentence = format!(
        "cannot connect to {refused}: 127.0.0.1:{port}: connection refused. Is the target running?"
    );
    for (host, message) in [unknown, (&refused, &sentence)] {
        let fields = [("user_count", "5"), ("spawn_rate", "5"), ("host", host)];
        let answer = app.swarm(&fields).await;
        assert_eq!(answer["success"], false);
        let said = answer["message"].as_str().unwrap();
        assert!(said.starts_with(message), "{said}");
        let body = json!({"host": host}).to_string();
        let (status, answer) = app.json(Method::POST, "/api/v1/run", &body).await;
        assert_eq!(
            (status, &answer["field"]),
            (502, &json!("host")),
            "{answer}"
        );
        assert_eq!(answer["message"], said);
    }
    assert_eq!(state(&app), RunState::Ready);
}

#[tokio::test]
async fn a_body_that_is_no_form_is_told_so() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let (status, answer) = app
        .json(Method::POST, "/swarm", "{\"user_count\": 5}")
        .await;
    assert_eq!((status, &answer["success"]), (200, &json!(false)));
    let said = answer["message"].as_str().unwrap();
    assert!(said.contains("application/x-www-form-urlencoded"), "{said}");
    let long = "x".repeat(100_000);
    let answer = app.swarm(&[("user_count", &long)]).await;
    assert_eq!(answer["success"], false);
    let said = answer["message"].as_str().unwrap();
    assert!(said.len() < 1_000 && !said.is_empty(), "{said}");
}

#[tokio::test]
async fn a_run_under_our_own_routes() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let run = "/api/v1/run";
    let (status, started) = app.json(Method::POST, run, "{}").await;
    assert_eq!(
        (status, &started["success"]),
        (200, &json!(true)),
        "{started}"
    );
    until_users(&app, 3).await;
    let (status, again) = app.json(Method::POST, run, "{}").await;
    assert_eq!(status, 409);
    assert_eq!(
        again["message"],
        "a run is active; stop it before starting another"
    );
    let (status, busy) = app.json(Method::DELETE, run, "").await;
    assert_eq!(status, 409, "{busy}");

    let (status, edited) = app.json(Method::PATCH, run, "{\"users\": 6}").await;
    assert_eq!(
        (status, &edited["message"]),
        (200, &json!("6 users at 100 users/s"))
    );
    until_users(&app, 6).await;
    let (_, shown) = app.json(Method::GET, run, "").await;
    assert_eq!(shown["run"]["scenario"], "Health");
    assert_eq!(shown["frame"]["users"], 6);
    let (status, _) = app.json(Method::POST, "/api/v1/run/reset", "").await;
    assert_eq!(status, 200);
    let (status, _) = app.json(Method::POST, "/api/v1/run/stop", "").await;
    assert_eq!((status, state(&app)), (200, RunState::Stopped));
    let (_, tables) = app.json(Method::GET, "/api/v1/stats", "").await;
    assert_eq!(tables["counts"]["in_flight"], 0);

    let (status, idle) = app.json(Method::PATCH, run, "{\"users\": 6}").await;
    assert_eq!(status, 409);
    assert_eq!(idle["message"], "no run is active; start one first");
    let (status, _) = app.json(Method::DELETE, run, "").await;
    assert_eq!((status, state(&app)), (200, RunState::Ready));
}

#[tokio::test]
async fn users_that_a_planned_load_does_not_use_are_remarked_on() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let remarks = || {
        let (events, _) = event_lines(&app.runs.log(), 0);
        let remarks = events
            .into_iter()
            .filter(|event| event.kind == EventKind::Remark);
        let texts = remarks
            .map(|event| event.text)
            .filter(|text| text.contains(" ignored: "));
        texts.collect::<Vec<_>>()
    };
    let run = "/api/v1/run";
    let words = " ignored: the scenario defines its own load";
    for (wish, said) in [
        ("{\"scenario\": \"staged\"}", None),
        ("{\"scenario\": \"staged\", \"users\": 5}", Some("5 users")),
        (
            "{\"scenario\": \"open\", \"users\": 5, \"spawn_rate\": 2.5}",
            Some("5 users at 2.5 users/s"),
        ),
        ("{\"scenario\": \"health\", \"users\": 5}", None),
    ] {
        let (status, started) = app.json(Method::POST, run, wish).await;
        assert_eq!(status, 200, "{started}");
        let expected: Vec<_> = said.iter().map(|said| format!("{said}{words}")).collect();
        assert_eq!(remarks(), expected, "{wish}");
        app.json(Method::POST, "/api/v1/run/stop", "").await;
    }
}

#[tokio::test]
async fn bad_bodies_name_what_is_wrong_and_where() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let cases = [
        ("{\"user\": 5}", "unknown field `user`", Value::Null),
        ("{\"users\": ", "EOF while parsing", Value::Null),
        ("{\"users\": \"many\"}", "invalid type: string", Value::Null),
        ("{\"users\": 0}", "at least 1 user", json!("users")),
        ("{\"users\": -1}", "whole number from 0", json!("users")),
        ("{\"users\": 1e9}", "whole number from 0", json!("users")),
        (
            "{\"spawn_rate\": 0}",
            "spawn rate must be above 0",
            json!("spawn_rate"),
        ),
        (
            "{\"spawn_rate\": 1e9}",
            "spawn rate must be above 0",
            json!("spawn_rate"),
        ),
        ("{\"run_time\": \"1 parsec\"}", "", json!("run_time")),
        (
            "{\"scenario\": \"none\"}",
            "unknown scenario",
            json!("scenario"),
        ),
        (
            "{\"scenario\": \"broken\"}",
            "broken.yaml has errors",
            json!("scenario"),
        ),
        ("{\"host\": \"ftp://x\"}", "ftp", json!("host")),
    ];
    for (body, message, field) in cases {
        let (status, answer) = app.json(Method::POST, "/api/v1/run", body).await;
        assert_eq!((status, &answer["success"]), (400, &json!(false)), "{body}");
        let said = answer["message"].as_str().unwrap();
        assert!(said.contains(message), "{body}: {said}");
        assert_eq!(answer["field"], field, "{body}: {said}");
    }
    let (status, answer) = app
        .json(Method::PATCH, "/api/v1/run", "{\"host\": \"x\"}")
        .await;
    assert_eq!(status, 400);
    let said = answer["message"].as_str().unwrap();
    assert!(said.contains("unknown field `host`"), "{said}");
    assert_eq!(state(&app), RunState::Ready);
}
