//! Passwords and credentials in every place that can hold one, looked for in
//! everything that comes out.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Folder, PATIENCE, Program, Viewer, answer, eventually, serve_app};

/// Planted secrets, which are never shown in any form.
const PLANTED: [&str; 13] = [
    "host-pw-7101",
    "bearer-tok-7102",
    "api-key-7103",
    "cookie-val-7104",
    "body-pw-7105",
    "query-key-7106",
    "comment-pw-7107",
    "env/s3cret 7108",
    "form-pw-7109",
    "probe-pw-7110",
    "old-host-pw-7111",
    "sk_live_71127112",
    "included-7113",
];

const SCENARIO: &str = r#"# was http://me:comment-pw-7107@old.example
name: Planted
host: HOST
include: more.yaml
load: {users: 1, spawn_rate: 10, run_time: 1s}
probes:
  own: {json: "http://me:probe-pw-7110@127.0.0.1:1/x", readings: {a: $.a}}
user_classes:
  U:
    wait: 50ms
    variables: {password: body-pw-7105}
    headers:
      X-Api-Key: "api-key-7103"
      X-Env: "{{ secret('PLANTED') }}"
      Cookie: session=cookie-val-7104
    tasks:
      ask:
        - post: /ask?api_key=query-key-7106
          headers: {Authorization: Bearer bearer-tok-7102}
          json: {user: bob, password: "{{ password }}", key: sk_live_71127112}
        - log: "sent {{ password }} and {{ secret('PLANTED') }} for {{ base64('me:' + secret('PLANTED')) }}"
        - post: /form
          form: {user: bob, password: form-pw-7109}
        - use: included
"#;
const INCLUDED: &str = "blocks:
  included: [{get: /included, headers: {X-Auth-Token: included-7113}}]
";

/// A target that fails and tells what it was sent, in several forms; how often it
/// was asked with the password of its host.
async fn tells_all() -> (String, Arc<AtomicUsize>) {
    let known = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&known);
    let app = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let sent = headers.iter().map(|(name, value)| {
            let value = value.to_str().unwrap();
            if value == format!("Basic {}", STANDARD.encode("me:host-pw-7101")) {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            format!("{name} was {value}, ")
        });
        let sent: String = sent.collect();
        let body = String::from_utf8_lossy(&body).into_owned();
        let text = match uri.path() {
            "/form" => serde_json::to_string(&body).unwrap(),
            _ => format!("{uri} {sent} {body}"),
        };
        let code = StatusCode::INTERNAL_SERVER_ERROR;
        (code, [("x-request-id", "bearer-tok-7102")], text)
    });
    (serve_app(app).await, known)
}

fn assert_clean(place: &str, text: &str) {
    for planted in PLANTED {
        let basic = STANDARD.encode(format!("me:{planted}"));
        let query = planted.replace('/', "%2F").replace(' ', "%20");
        for form in [planted, &basic, &query, &query.replace("%20", "+")] {
            let at = text.find(form);
            let around = at.map(|at| {
                let from = text.floor_char_boundary(at.saturating_sub(200));
                &text[from..at + form.len()]
            });
            assert!(at.is_none(), "{planted} in {place}: ...{}", around.unwrap());
        }
    }
}

/// Every file below a folder but the scenario's own.
fn assert_files_clean(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += assert_files_clean(&path);
        } else if path.extension().is_none_or(|extension| extension != "yaml") {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert_clean(&path.display().to_string(), &text);
            count += 1;
        }
    }
    count
}

/// The scenario in a folder, against a target.
fn planted(folder: &Folder, url: &str) {
    let host = url.replace("http://", "http://me:host-pw-7101@");
    folder.file("planted.yaml", &SCENARIO.replace("HOST", &host));
    folder.file("more.yaml", INCLUDED);
}

const ENVIRONMENT: [(&str, &str); 1] = [("PLANTED", "env/s3cret 7108")];

#[tokio::test]
async fn a_run_and_its_files_show_no_credential() {
    let folder = Folder::new();
    let (url, known) = tells_all().await;
    planted(&folder, &url);
    let arguments = [
        "-f",
        "planted.yaml",
        "--headless",
        "--csv",
        "out/x",
        "--html",
        "out/x.html",
        "--junit",
        "out/x.xml",
        "--json-file",
        "out/x",
        "--json",
        "--csv-full-history",
        "--print-stats",
        "--shards",
        "1",
        "-L",
        "DEBUG",
    ];
    for log in [&[][..], &["--logfile", "logs/x.log"]] {
        let arguments = [&arguments[..], log].concat();
        let (code, stdout, stderr) = Program::output_in(&folder, &ENVIRONMENT, &arguments).await;
        assert_eq!(code, Some(1), "{stderr}");
        assert_clean("stdout", &stdout);
        assert_clean("stderr", &stderr);
    }
    assert!(known.load(Ordering::Relaxed) > 0, "the password was sent");
    assert!(assert_files_clean(Path::new(folder.path())) > 8);
    let reports = [
        "report",
        "out/x_run.json",
        "--out",
        "r.md",
        "--out",
        "r.json",
        "--out",
        "r.html",
    ];
    let (code, stdout, stderr) = Program::output_in(&folder, &[], &reports).await;
    assert_eq!(code, Some(0), "{stdout} {stderr}");
    assert_files_clean(Path::new(folder.path()));
}

#[tokio::test]
async fn commands_show_no_credential() {
    let folder = Folder::new();
    let (url, _) = tells_all().await;
    planted(&folder, &url);
    let bad_host = "--set=host=ftp://me:old-host-pw-7111@x";
    for arguments in [
        &["check", "planted.yaml"][..],
        &["check", "planted.yaml", bad_host],
        &[
            "check",
            "planted.yaml",
            "--set=http.proxy=me:old-host-pw-7111@proxy",
        ],
        &[
            "check",
            "planted.yaml",
            "--set=user_classes.U.wait=http://me:old-host-pw-7111@x",
        ],
        &["try", "planted.yaml"],
        &[
            "try",
            "planted.yaml",
            "-H",
            "http://me:old-host-pw-7111@127.0.0.1:1",
        ],
        &[
            "-f",
            "planted.yaml",
            "--headless",
            "-t",
            "1s",
            "-H",
            "me:old-host-pw-7111@x",
        ],
        &[
            "-f",
            "planted.yaml",
            "--headless",
            "--wait-for",
            "http://me:old-host-pw-7111@127.0.0.1:1/",
            "--wait-for-timeout",
            "1s",
        ],
        &["-f", "planted.yaml", "--list"],
        &[
            "suite",
            "planted.yaml",
            "-t",
            "1s",
            "-o",
            "suite",
            "--cool-down",
            "0s",
        ],
    ] {
        let (_, stdout, stderr) = Program::output_in(&folder, &ENVIRONMENT, arguments).await;
        assert_clean(&format!("{arguments:?}"), &format!("{stdout}{stderr}"));
    }
    assert_files_clean(Path::new(folder.path()));
}

#[tokio::test]
async fn check_remarks_on_credentials_and_refuses_masked_ones() {
    let folder = Folder::new();
    let (url, _) = tells_all().await;
    planted(&folder, &url);
    let (code, stdout, stderr) =
        Program::output_in(&folder, &ENVIRONMENT, &["check", "planted.yaml"]).await;
    assert_eq!(code, Some(0), "{stderr}");
    let remark = "`host` (planted.yaml:3) and ";
    assert!(stdout.contains(remark), "{stdout}");
    assert!(stdout.contains("{{ secret('NAME') }}"), "{stdout}");
    folder.file(
        "torn.yaml",
        "host: http://me:host-pw-7101@x\nuser_classes: {U: [\n",
    );
    let (code, _, stderr) = Program::output_in(&folder, &[], &["check", "torn.yaml"]).await;
    assert_eq!(code, Some(2), "{stderr}");
    assert_clean("a mistake", &stderr);
    folder.file("masked.yaml", "host: http://me:***@x\nuser_classes: {U: {headers: {X-Api-Key: '***'}, tasks: {t: [{get: /}]}}}\n");
    let (code, _, stderr) = Program::output_in(&folder, &[], &["check", "masked.yaml"]).await;
    assert_eq!(code, Some(2), "{stderr}");
    assert_eq!(stderr.matches("error: ").count(), 2, "{stderr}");
}

#[tokio::test]
async fn a_dashboard_shows_no_credential_and_starts_with_the_host_it_shows() {
    let folder = Folder::new();
    let (url, known) = tells_all().await;
    planted(&folder, &url);
    let path = format!("{}/planted.yaml", folder.path());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("secret('PLANTED')", "'plain'")).unwrap();
    let mut program = Program::start(&["-f", &path, "--web-port", "0", "--shards", "1"]);
    let dashboard = program.dashboard().await;
    let (_viewer, hello) = Viewer::open(dashboard).await;
    assert_clean("hello", &hello.to_string());
    let shown = hello["defaults"]["host"].as_str().unwrap();
    assert!(shown.starts_with("http://me:***@127.0.0.1:"), "{shown}");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let fetch = async |method: Method, path: &str, body: Value| {
        let request = client.request(method, format!("http://{dashboard}{path}"));
        let answer = answer(request.json(&body)).await;
        (answer.status(), answer.text().await.unwrap())
    };
    let start = json!({"scenario": "planted", "host": shown, "users": 1, "spawn_rate": 10, "run_time": "1s"});
    let (status, text) = fetch(Method::POST, "/api/v1/run", start).await;
    assert!(status.is_success(), "{text}");
    let paths = [
        "/api/v1/run",
        "/api/v1/run/scenario",
        "/api/v1/run/series",
        "/api/v1/run/response.csv",
        "/api/v1/stats",
        "/api/v1/scenarios",
        "/api/v1/logs",
        "/logs",
        "/tasks",
        "/exceptions",
        "/stats/requests",
        "/stats/requests/csv",
        "/stats/failures/csv",
        "/exceptions/csv",
        "/stats/report",
        "/metrics",
        "/health",
        "/",
        "/api/v1/run/report.html",
        "/api/v1/run/report.md",
        "/api/v1/run/report.json",
        "/api/v1/run/report.xml",
        "/api/v1/report.html",
        "/api/v1/report.md",
        "/api/v1/report.json",
        "/api/v1/report.xml",
        "/api/v1/run/file",
    ];
    eventually("the end of the run", PATIENCE, async || {
        let (_, text) = fetch(Method::GET, "/api/v1/run", Value::Null).await;
        text.contains("\"stopped\"")
    })
    .await;
    for path in paths {
        let (_, text) = fetch(Method::GET, path, Value::Null).await;
        assert_clean(path, &text);
    }
    assert!(known.load(Ordering::Relaxed) > 0, "the password was sent");
    // One that was hidden belongs to one host.
    let start =
        json!({"scenario": "planted", "host": "http://me:***@127.0.0.1:1", "run_time": "1s"});
    let (status, text) = fetch(Method::POST, "/api/v1/run", start).await;
    assert!(status.is_client_error(), "{text}");
    assert!(text.contains("write the password again"), "{text}");
}
