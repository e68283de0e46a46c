//! Samples of failed responses, on the terminal and in files.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::support::{Folder, Program, serve_app};

const SCENARIO: &str = "user_classes:
  U:
    wait: 20ms
    tasks:
      ask:
        - get: /risk
          headers: {X-Key: \"{{ secret('RISK_KEY') }}\"}
";

/// A target that says why it fails, and with which key it was asked.
async fn explains() -> String {
    let app = Router::new().fallback(async |headers: HeaderMap| {
        let key = headers.get("x-key").unwrap().to_str().unwrap().to_owned();
        let text = format!("{{\"error\":\"No active risk model found for {key}\"}}");
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            [("x-request-id", "7f3a")],
            text,
        )
    });
    serve_app(app).await
}

const SAID: &str = r#"{"error":"No active risk model found for ***"}"#;

/// A run of a second with these arguments; what it said, and its run file.
async fn run(folder: &Folder, more: (&str, &str), arguments: &[&str]) -> (String, Value) {
    let host = explains().await;
    folder.file("a.yaml", SCENARIO);
    let usual = ["-f", "a.yaml", "-H", &host, "--headless", "-t", "1s"];
    let files = ["--shards", "1", "--csv", "out"];
    let environment = [("RISK_KEY", "very-secret-key"), more];
    let arguments = [&usual[..], &files, arguments].concat();
    let (code, _, stderr) = Program::output_in(folder, &environment, &arguments).await;
    assert_eq!(code, Some(1), "{stderr}");
    assert!(!stderr.contains("very-secret-key"), "{stderr}");
    let text = std::fs::read_to_string(format!("{}/out_run.json", folder.path())).unwrap();
    assert!(!text.contains("very-secret-key"), "{text}");
    (stderr, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn the_first_failures_are_shown_below_the_error_report() {
    let folder = Folder::new();
    let arguments = ["--html", "out.html"];
    let (stderr, file) = run(&folder, ("LANG", "C"), &arguments).await;
    let report = stderr.find("Error report").unwrap();
    let (_, samples) = stderr[report..]
        .split_once("First failures of each kind\n  GET /risk: status 500\n")
        .unwrap();
    let line = samples.lines().next().unwrap();
    assert!(line.starts_with("    0:0"), "{line}");
    assert!(line.contains(" 500 after "), "{line}");
    assert!(
        line.ends_with(&format!(": {SAID} [x-request-id: 7f3a]")),
        "{line}"
    );
    let kept = &file["failures"][0]["samples"];
    assert_eq!(kept.as_array().unwrap().len(), 3, "{kept}");
    assert_eq!(kept[0]["body"], SAID);
    assert_eq!(kept[0]["request_id"]["value"], "7f3a");
    let page = std::fs::read_to_string(format!("{}/out.html", folder.path())).unwrap();
    assert!(page.contains("No active risk model found for ***"));
    assert!(!page.contains("very-secret-key"));
}

#[tokio::test]
async fn samples_are_left_out_by_option_file_or_environment() {
    let unset = ("LANG", "C");
    for (arguments, environment, config) in [
        (&["--no-samples"][..], unset, ""),
        (&[], ("SWARMDECK_NO_SAMPLES", "true"), ""),
        (&[], unset, "no-samples = true\n"),
    ] {
        let folder = Folder::new();
        folder.file("swarmdeck.conf", config);
        let (stderr, file) = run(&folder, environment, arguments).await;
        assert!(stderr.contains("Error report"), "{stderr}");
        assert!(!stderr.contains("First failures"), "{stderr}");
        assert!(!stderr.contains("No active risk model"), "{stderr}");
        assert_eq!(file["failures"][0]["samples"], Value::Array(Vec::new()));
    }
}
