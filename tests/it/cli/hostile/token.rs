//! The dashboard's own credential, looked for in everything that goes to a target,
//! to a probe, to a viewer and to a disk.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Folder, PATIENCE, Program, Viewer, answer, eventually, serve_app};

const SCENARIO: &str = r#"
name: Planted
load: {users: 2, spawn_rate: 10, run_time: 1s}
health: {get: /health}
setup: [{get: /setup}]
teardown: [{get: /teardown}]
probes:
  json: {json: "ELSEWHERE/probe", readings: {a: $.a}, every: 500ms}
  scrape: {prometheus: "ELSEWHERE/scrape", readings: {b: b}, every: 500ms}
user_classes:
  U:
    wait: 50ms
    on_start: [{get: /start}]
    tasks:
      t:
        - get: /away
          capture: {next: {header: Location}}
        - get: "{{ next }}"
        - post: /failing
          json: {a: 1}
"#;

/// The requests a server received, as text.
type Sent = Arc<Mutex<Vec<String>>>;

/// A server that notes everything it is sent and sends `/away` to another one.
async fn notes_all(elsewhere: &str) -> (String, Sent) {
    let sent = Sent::default();
    let (notes, away) = (Arc::clone(&sent), format!("{elsewhere}/landed"));
    let app = Router::new().fallback(async move |request: Request| {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 16).await.unwrap();
        let text = format!("{} {:?} {body:?}", head.uri, head.headers);
        notes.lock().unwrap().push(text);
        let answer = match head.uri.path() {
            "/away" => Response::builder().status(302).header("location", &away),
            "/failing" => Response::builder().status(500),
            _ => Response::builder(),
        };
        let body = match head.uri.path() {
            "/scrape" => "b 1\n",
            _ => "{\"a\": 1}",
        };
        answer.body(Body::from(body)).unwrap()
    });
    let url = serve_app(app).await;
    // The name that the dashboard is opened under as well.
    (url.replace("127.0.0.1", "localhost"), sent)
}

/// The requests of an operator's browser.
struct Browser {
    client: reqwest::Client,
    address: SocketAddr,
    headers: [(&'static str, String); 4],
}

impl Browser {
    async fn send(&self, method: Method, path: &str, body: &Value) -> String {
        let url = format!("http://localhost:{}{path}", self.address.port());
        let mut request = self.client.request(method, url).json(body);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let answer = answer(request).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }
}

fn assert_without(secrets: &[String], place: &str, text: &str) {
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} in {place}: {text}");
    }
}

/// Looks into every file below a folder; how many there are.
fn assert_files_without(secrets: &[String], folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        count += if path.is_dir() {
            assert_files_without(secrets, &path)
        } else {
            let text = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text);
            assert_without(secrets, &path.display().to_string(), &text);
            1
        };
    }
    count
}

/// A dashboard that anybody can reach and that writes all it can, opened with the
/// address that it prints; the secrets of that.
async fn open(folder: &Folder, scenario: &str, host: &str) -> (Program, Browser, [String; 3]) {
    let file = |name: &str| format!("{}/{name}", folder.path());
    let (scenario, log) = (folder.file("planted.yaml", scenario), file("x.log"));
    let (csv, html, junit, run) = (file("x"), file("x.html"), file("x.xml"), file("y"));
    let arguments = [
        &["-f", &scenario, "--host", host, "-L", "DEBUG"][..],
        &["--web-host", "0.0.0.0", "--web-port", "0", "--shards", "1"],
        &["--logfile", &log, "--csv", &csv, "--csv-full-history"],
        &["--html", &html, "--junit", &junit, "--json-file", &run],
    ];
    let mut program = Program::start(&arguments.concat());
    let (url, _) = program.address("Dashboard").await;
    let (before, token) = url.split_once("?token=").unwrap();
    let port = before.trim_end_matches('/').rsplit(':').next().unwrap();
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let url = format!("http://localhost:{port}/?token={token}");
    let first = answer(client.get(&url)).await;
    let cookie = first.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let (name, value) = cookie.split_once('=').unwrap();
    let secrets = [token, name, value].map(str::to_owned);
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("referer", url),
        ("origin", format!("http://localhost:{port}")),
        ("cookie", cookie),
    ];
    let browser = Browser {
        client,
        address: SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap())),
        headers,
    };
    (program, browser, secrets)
}

/// Starts a run and looks at it until it has ended.
async fn run(browser: &Browser, secrets: &[String], host: &str) {
    // The viewer comes under another name of the same machine.
    let headers = browser.headers.iter().filter(|(name, _)| *name != "origin");
    let headers: Vec<_> = headers
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let viewer = Viewer::with(browser.address, &headers).await;
    let mut viewer = viewer.expect("is let in");
    let start = json!({"scenario": "planted", "host": host, "users": 2, "run_time": "1s"});
    let started = browser.send(Method::POST, "/api/v1/run", &start).await;
    assert_without(secrets, "the answer to a start", &started);
    loop {
        let message = viewer.next().await;
        assert_without(secrets, "a live message", &message.to_string());
        if message["type"] == "frame" && message["state"] == "stopped" {
            return;
        }
    }
}

/// Whether a server was asked for all of these, and for nothing with a secret in it.
fn assert_sent(sent: &Sent, paths: &[&str], secrets: &[String]) {
    let sent = sent.lock().unwrap();
    for path in paths {
        let is_there = sent.iter().any(|one| one.starts_with(path));
        assert!(is_there, "{path} was not asked for: {sent:?}");
    }
    for one in &*sent {
        assert_without(secrets, "what a target is sent", one);
        assert!(!one.contains("\"referer\""), "{one}");
    }
}

#[tokio::test]
async fn the_token_of_the_dashboard_goes_nowhere_but_to_the_dashboard() {
    let (elsewhere, sent_elsewhere) = notes_all("http://localhost:1").await;
    let (host, sent) = notes_all(&elsewhere).await;
    let folder = Folder::new();
    let scenario = SCENARIO.replace("ELSEWHERE", &elsewhere);
    let (mut program, browser, secrets) = open(&folder, &scenario, &host).await;
    run(&browser, &secrets, &host).await;
    for path in [
        "/",
        "/metrics",
        "/api/v1/run",
        "/api/v1/run/scenario",
        "/api/v1/run/series",
        "/api/v1/run/response.csv",
        "/api/v1/stats",
        "/api/v1/logs",
        "/api/v1/scenarios",
        "/stats/requests",
        "/stats/report",
    ] {
        let text = browser.send(Method::GET, path, &Value::Null).await;
        assert_without(&secrets, path, &text);
    }
    let folder = Path::new(folder.path());
    eventually("the files of the run", PATIENCE, async || {
        folder.join("x.html").exists() && folder.join("x.xml").exists()
    })
    .await;
    program.signal(Signal::TERM);
    program.ended().await;
    assert!(assert_files_without(&secrets, folder) > 8);

    let asked = [
        "/health",
        "/setup",
        "/start",
        "/away",
        "/failing",
        "/teardown",
    ];
    assert_sent(&sent, &asked, &secrets);
    let asked_elsewhere = ["/landed", "/probe", "/scrape"];
    assert_sent(&sent_elsewhere, &asked_elsewhere, &secrets);
}
