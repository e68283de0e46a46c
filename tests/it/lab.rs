//! The built-in target: every route, good and bad, and its counters.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod faults;

use std::collections::HashSet;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use swarmdeck::lab::{Lab, LabConfig, Latency, LatencyError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const NOWHERE: &str = "7f9c24e8-3b12-4f5a-9d3e-1a2b3c4d5e6f";

/// A lab, a client, and the token it logged in with.
struct Desk {
    lab: Lab,
    client: Client,
    token: String,
}

impl Desk {
    async fn new() -> Self {
        Self::with(LabConfig::default()).await
    }

    async fn with(config: LabConfig) -> Self {
        let password = config.password.clone();
        let mut desk = Self::without_login(config);
        let login = json!({"username": "loadtest_user", "password": password});
        let (status, body) = desk.post("/api/v1/auth/login/", login).await;
        assert_eq!(status, 200);
        desk.token = body["token"].as_str().unwrap().to_owned();
        desk
    }

    fn without_login(config: LabConfig) -> Self {
        Self {
            lab: Lab::start(([127, 0, 0, 1], 0).into(), config).unwrap(),
            client: Client::builder().no_proxy().build().unwrap(),
            token: String::new(),
        }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(body.to_string())).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<String>) -> (u16, Value) {
        let mut request = self
            .client
            .request(method, self.lab.url() + path)
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request
                .body(body)
                .header("content-type", "application/json");
        }
        read(request.send().await.unwrap()).await
    }

    async fn deployment(&self) -> String {
        let (status, body) = self.post("/api/v1/deployments/", deployment()).await;
        assert_eq!(status, 201);
        body["id"].as_str().unwrap().to_owned()
    }
}

async fn read(response: Response) -> (u16, Value) {
    assert_eq!(response.headers()["content-type"], "application/json");
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

fn deployment() -> Value {
    json!({
        "app_name": "nginx \"quoted\" \u{1f40b}",
        "version": "1.2.3",
        "target_ring": "PILOT",
        "evidence_pack_id": NOWHERE,
    })
}

#[tokio::test]
async fn health_needs_no_token() {
    let desk = Desk::new().await;
    let response = desk.client.get(desk.lab.url() + "/api/v1/health/");
    let (status, body) = read(response.send().await.unwrap()).await;
    assert_eq!((status, &body["status"]), (200, &json!("healthy")));
}

#[tokio::test]
async fn accounts_log_in_and_strangers_do_not() {
    let desk = Desk::with(LabConfig {
        password: "secret".to_owned(),
        ..LabConfig::default()
    })
    .await;
    let login = async |username: &str, password: &str| {
        let body = json!({"username": username, "password": password});
        desk.post("/api/v1/auth/login/", body).await
    };
    let mut tokens = HashSet::new();
    for name in [
        "loadtest_user",
        "cab_approver",
        "publisher_user",
        "burst_user_7",
    ] {
        let (status, body) = login(name, "secret").await;
        assert_eq!(status, 200, "{name}");
        assert!(tokens.insert(body["token"].to_string()), "tokens are fresh");
    }
    for (name, password) in [
        ("loadtest_user", "test123"),
        ("nobody", "secret"),
        ("burst_user_", "secret"),
    ] {
        assert_eq!(login(name, password).await.0, 401, "{name}");
    }
    let (status, body) = desk
        .post("/api/v1/auth/login/", json!({"username": 5}))
        .await;
    assert_eq!(status, 400);
    assert_eq!(body["username"], json!(["Not a valid string."]));
    assert_eq!(body["password"], json!(["This field is required."]));
}

#[tokio::test]
async fn everything_else_needs_the_labs_own_token() {
    let mut desk = Desk::new().await;
    let other = Desk::new().await;
    for token in [String::new(), NOWHERE.to_owned(), other.token.clone()] {
        desk.token = token;
        for path in ["/api/v1/deployments/", "/api/v1/cab/pending/"] {
            assert_eq!(desk.get(path).await.0, 401);
        }
        assert_eq!(desk.post("/api/v1/deployments/", deployment()).await.0, 401);
    }
    let bare = desk.client.get(desk.lab.url() + "/api/v1/deployments/");
    let response = bare.send().await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn deployments_are_created_listed_and_read() {
    let desk = Desk::new().await;
    let (status, created) = desk.post("/api/v1/deployments/", deployment()).await;
    assert_eq!(status, 201);
    for field in ["id", "status", "risk_score", "requires_cab_approval"] {
        assert!(!created[field].is_null(), "{field}");
    }
    assert_eq!(created["app_name"], deployment()["app_name"]);
    let id = created["id"].as_str().unwrap();
    let (status, read) = desk.get(&format!("/api/v1/deployments/{id}/")).await;
    assert_eq!((status, &read), (200, &created));

    let newest = desk.deployment().await;
    let (status, list) = desk.get("/api/v1/deployments/?limit=1").await;
    assert_eq!((status, &list["count"]), (200, &json!(2)));
    let ids: Vec<_> = list["deployments"].as_array().unwrap().iter().collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(ids[0]["id"], json!(newest));

    for id in [NOWHERE, "7", "%00"] {
        let path = format!("/api/v1/deployments/{id}/");
        assert_eq!(desk.get(&path).await.0, 404, "{id}");
    }
    for limit in ["0", "-1", "x"] {
        let path = format!("/api/v1/deployments/?limit={limit}");
        assert_eq!(desk.get(&path).await.0, 400, "{limit}");
    }
}

#[tokio::test]
async fn mistakes_in_a_body_are_named_by_field() {
    let desk = Desk::new().await;
    let (status, errors) = desk.post("/api/v1/deployments/", json!({})).await;
    assert_eq!(status, 400);
    let required = json!(["This field is required."]);
    for field in ["app_name", "version", "target_ring", "evidence_pack_id"] {
        assert_eq!(errors[field], required);
    }
    for (field, value, error) in [
        ("app_name", json!(""), "This field may not be blank."),
        ("app_name", json!(null), "This field may not be null."),
        ("app_name", json!({"a": [1]}), "Not a valid string."),
        (
            "app_name",
            json!("x".repeat(256)),
            "Ensure this field has no more than 255 characters.",
        ),
        (
            "version",
            json!("1.2"),
            "Enter a version of the form x.y.z.",
        ),
        (
            "target_ring",
            json!("MOON"),
            "\"MOON\" is not a valid choice.",
        ),
        ("evidence_pack_id", json!("7"), "Must be a valid UUID."),
    ] {
        let mut body = deployment();
        body[field] = value;
        let (status, errors) = desk.post("/api/v1/deployments/", body).await;
        assert_eq!((status, errors), (400, json!({field: [error]})));
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let desk = Desk::new().await;
    for (body, status) in [
        ("{\"app_name\": ", 400),
        ("[1, 2]", 400),
        ("nonsense", 400),
        ("\u{0}", 400),
        ("", 400),
        (&"[".repeat(60_000), 400),
        (&"x".repeat(70_000), 413),
    ] {
        let path = "/api/v1/deployments/";
        let (got, answer) = desk.send(Method::POST, path, Some(body.to_owned())).await;
        assert_eq!(got, status, "{answer}");
    }
    let form = desk
        .client
        .post(desk.lab.url() + "/api/v1/deployments/")
        .bearer_auth(&desk.token)
        .form(&[("app_name", "nginx")]);
    assert_eq!(read(form.send().await.unwrap()).await.0, 415);
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_say_so() {
    let desk = Desk::new().await;
    for path in [
        "/",
        "/api/v1/health",
        "/api/v2/health/",
        "/api/v1/cab/",
        "/lab/x",
    ] {
        assert_eq!(desk.get(path).await.0, 404, "{path}");
    }
    let url = desk.lab.url() + "/api/v1/deployments/";
    let response = desk.client.delete(url).send().await.unwrap();
    assert_eq!(response.headers()["allow"], "GET, HEAD, POST");
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(desk.get("/api/v1/auth/login/").await.0, 405);
    assert_eq!(desk.post("/lab/stats", json!({})).await.0, 405);
}

#[tokio::test]
async fn a_decision_is_made_once_and_opens_another() {
    let desk = Desk::new().await;
    let (status, list) = desk.get("/api/v1/cab/pending/?limit=1000").await;
    assert_eq!(status, 200);
    let approvals = list["approvals"].as_array().unwrap();
    assert!(approvals.len() >= 150);
    let before = list["count"].clone();
    for (approval, verb, word) in [
        (&approvals[0], "approve", "APPROVED"),
        (&approvals[1], "reject", "REJECTED"),
    ] {
        let id = approval["id"].as_str().unwrap();
        let path = format!("/api/v1/cab/{id}/{verb}/");
        let body = json!({"comments": "fine", "conditions": ["staged"]});
        let (status, decided) = desk.post(&path, body.clone()).await;
        assert_eq!((status, &decided["status"]), (200, &json!(word)));
        assert_eq!(desk.post(&path, body).await.0, 409);
    }
    let (_, list) = desk.get("/api/v1/cab/pending/?limit=100").await;
    assert_eq!(list["count"], before);
    assert_eq!(list["approvals"].as_array().unwrap().len(), 100);

    let body = json!({"comments": "fine"});
    let unknown = format!("/api/v1/cab/{NOWHERE}/approve/");
    assert_eq!(desk.post(&unknown, body).await.0, 404);
    let id = approvals[2]["id"].as_str().unwrap();
    let silent = format!("/api/v1/cab/{id}/reject/");
    let (status, errors) = desk.post(&silent, json!({})).await;
    assert_eq!(status, 400);
    assert_eq!(errors["comments"], json!(["This field is required."]));
}

#[tokio::test]
async fn a_hundred_approvers_never_collide() {
    let desk = std::sync::Arc::new(Desk::new().await);
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(100));
    let users: Vec<_> = (0..100)
        .map(|user| {
            let (desk, barrier) = (desk.clone(), barrier.clone());
            tokio::spawn(async move {
                for round in 0..5 {
                    let (_, list) = desk.get("/api/v1/cab/pending/?limit=100").await;
                    // Everybody holds a list before anybody decides, and not
                    // everybody takes the first of it.
                    barrier.wait().await;
                    let approval = &list["approvals"][(user * 31 + round) % 100];
                    let id = approval["id"].as_str().unwrap();
                    let path = format!("/api/v1/cab/{id}/approve/");
                    let (status, _) = desk.post(&path, json!({"comments": "ok"})).await;
                    assert_eq!(status, 200);
                    barrier.wait().await;
                }
            })
        })
        .collect();
    for user in users {
        user.await.unwrap();
    }
}

#[tokio::test]
async fn connectors_publish_report_and_remediate() {
    let desk = Desk::new().await;
    let id = desk.deployment().await;
    let status_path = format!("/api/v1/connectors/status/{id}/");
    let (status, body) = desk.get(&status_path).await;
    assert_eq!((status, &body["planes"]), (200, &json!([])));

    for plane in ["INTUNE", "JAMF", "SCCM", "LANDSCAPE", "ANSIBLE"] {
        let config = json!({"ring": "CANARY", "target_count": 50});
        let body = json!({"deployment_id": id, "target_plane": plane, "config": config});
        let (status, body) = desk.post("/api/v1/connectors/publish/", body).await;
        assert_eq!((status, &body["target_plane"]), (202, &json!(plane)));
    }
    let body = json!({"deployment_id": id, "reason": "drift", "action": "REINSTALL"});
    let (status, _) = desk.post("/api/v1/connectors/remediate/", body).await;
    assert_eq!(status, 202);
    let (_, body) = desk.get(&status_path).await;
    assert_eq!(body["planes"].as_array().unwrap().len(), 5);
    assert_eq!(body["remediations"], 1);

    let publish = async |id: &str, plane: &str, config: Value| {
        let body = json!({"deployment_id": id, "target_plane": plane, "config": config});
        desk.post("/api/v1/connectors/publish/", body).await.0
    };
    assert_eq!(publish(NOWHERE, "INTUNE", Value::Null).await, 404);
    assert_eq!(publish(&id, "MOON", Value::Null).await, 400);
    assert_eq!(publish(&id, "INTUNE", json!("ring")).await, 400);
    let path = format!("/api/v1/connectors/status/{NOWHERE}/");
    assert_eq!(desk.get(&path).await.0, 404);
    let body = json!({"deployment_id": NOWHERE, "reason": "x", "action": "REINSTALL"});
    let (status, _) = desk.post("/api/v1/connectors/remediate/", body).await;
    assert_eq!(status, 404);
    let (status, _) = desk.post("/api/v1/connectors/remediate/", json!({})).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn the_counters_tell_what_was_received_and_answered() {
    let desk = Desk::new().await;
    let id = desk.deployment().await;
    desk.get(&format!("/api/v1/deployments/{id}/")).await;
    desk.get("/nowhere").await;
    desk.get("/api/v1/auth/login/").await;
    let (_, stats) = desk.get("/lab/stats").await;
    let expected = json!({
        "received": 5,
        "answered": 5,
        "by_status": {"200": 2, "201": 1, "404": 1, "405": 1},
        "by_route": {
            "POST /api/v1/auth/login/": 1,
            "POST /api/v1/deployments/": 1,
            "GET /api/v1/deployments/{id}/": 1,
            "(method not allowed)": 1,
            "(unknown path)": 1,
        },
    });
    assert_eq!(stats, expected);
    let (_, stats) = desk.post("/lab/reset", json!({})).await;
    let zero = json!({"received": 0, "answered": 0, "by_status": {}, "by_route": {}});
    assert_eq!(stats, zero);
}

#[tokio::test]
async fn a_request_whose_client_left_was_received_and_not_answered() {
    // A desk would wait 600 s for its login.
    let config = LabConfig {
        latency: "600s".parse().unwrap(),
        ..LabConfig::default()
    };
    let lab = Lab::start(([127, 0, 0, 1], 0).into(), config).unwrap();
    let mut socket = tokio::net::TcpStream::connect(lab.address()).await.unwrap();
    let request = b"GET /api/v1/health/ HTTP/1.1\r\nHost: lab\r\n\r\n";
    socket.write_all(request).await.unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    let stats = async || {
        let response = client.get(lab.url() + "/lab/stats").send().await.unwrap();
        read(response).await.1
    };
    // The two sockets are read in no particular order.
    while stats().await["received"] == 0 {}
    drop(socket);
    let stats = stats().await;
    assert_eq!(
        (&stats["received"], &stats["answered"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test]
async fn requests_in_one_packet_are_answered_in_order_and_counted() {
    let desk = Desk::new().await;
    let mut socket = tokio::net::TcpStream::connect(desk.lab.address())
        .await
        .unwrap();
    let health = "GET /api/v1/health/ HTTP/1.1\r\nHost: lab\r\n\r\n".repeat(20);
    let last = "GET /nowhere HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n";
    socket.write_all((health + last).as_bytes()).await.unwrap();
    let mut answers = String::new();
    socket.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 20);
    assert!(answers.find("HTTP/1.1 404").unwrap() > answers.rfind("200 OK").unwrap());
    let (_, stats) = desk.get("/lab/stats").await;
    assert_eq!(stats["answered"], 22);
}

#[tokio::test]
async fn what_is_no_http_ends_its_connection_only() {
    let desk = Desk::new().await;
    for garbage in [
        &b"\x16\x03\x01\x02\x00garbage\r\n\r\n"[..],
        &[b'x'; 100_000],
    ] {
        let mut socket = tokio::net::TcpStream::connect(desk.lab.address())
            .await
            .unwrap();
        // The lab may close before everything is written, or reset.
        let _ = socket.write_all(garbage).await;
        let _ = socket.read_to_end(&mut Vec::new()).await;
    }
    assert_eq!(desk.get("/api/v1/health/").await.0, 200);
    assert_eq!(desk.get("/lab/stats").await.1["received"], 2);
}

#[tokio::test]
async fn a_service_time_is_kept() {
    let desk = Desk::with(LabConfig {
        latency: "30ms..40ms".parse().unwrap(),
        ..LabConfig::default()
    })
    .await;
    let start = std::time::Instant::now();
    assert_eq!(desk.get("/api/v1/health/").await.0, 200);
    assert!(start.elapsed().as_millis() >= 30);
}

#[test]
fn a_taken_port_is_told_and_a_dropped_lab_frees_it() {
    let lab = Lab::start(([127, 0, 0, 1], 0).into(), LabConfig::default()).unwrap();
    let address = lab.address();
    let error = Lab::start(address, LabConfig::default()).unwrap_err();
    assert!(error.is_address_in_use());
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    drop(lab);
    Lab::start(address, LabConfig::default()).unwrap();
}

#[test]
fn service_times_that_make_no_sense_are_explained() {
    let error = |text: &str| text.parse::<Latency>().unwrap_err();
    let owned = str::to_owned;
    assert_eq!(error(""), LatencyError::Number(owned("")));
    assert_eq!(error("fast"), LatencyError::Number(owned("fast")));
    assert_eq!(error("-5ms"), LatencyError::Number(owned("-5ms")));
    assert_eq!(error("5ms.."), LatencyError::Number(owned("")));
    assert_eq!(error("1.2.3ms"), LatencyError::Number(owned("1.2.3ms")));
    assert_eq!(error("5"), LatencyError::Unit(owned("5")));
    assert_eq!(error("5min"), LatencyError::Unit(owned("5min")));
    assert_eq!(error("2h"), LatencyError::Unit(owned("2h")));
    assert_eq!(error("601s"), LatencyError::TooLong(owned("601s")));
    assert_eq!(
        error("20ms..5ms"),
        LatencyError::Backwards(owned("20ms..5ms"))
    );
    assert!(error("5").to_string().contains("use us, ms or s"));
}
