//! Runs without the dashboard: what they say, and what their exit codes mean.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use swarmdeck::lab::{Lab, LabConfig};
use tokio::time::sleep;

use crate::support::{Captured, Folder, Program, lab, refused_port, serve_app};

const STEADY: &str = "user_classes:
  Steady:
    wait: 20ms
    tasks:
      ask: [{get: /api/v1/health/}]
";

/// A run of one or two seconds.
async fn run(file: &str, host: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let arguments = ["-f", file, "-H", host, "--headless", "--shards", "1"];
    Program::output(&[&arguments, more].concat()).await
}

/// The figure before this column in the Aggregated row of the last table.
fn aggregated(stderr: &str) -> u64 {
    let rows = stderr.lines().filter(|line| line.contains("Aggregated"));
    let tables: Vec<_> = rows.filter(|line| line.contains('|')).collect();
    let row = tables.last().unwrap();
    row.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn users_that_find_no_row_are_told_and_not_claimed() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let text = "data: {d: {rows: [{v: 1}, {v: 2}], pick: unique, at_end: stop}}\nuser_classes:\n  \
                A: {wait: 20ms, tasks: {t: [{get: '/api/v1/health/?v={{ d.v }}'}]}}\n";
    let file = folder.file("a.yaml", text);
    let arguments = ["-u", "5", "-r", "100", "-t", "2s"];
    let (code, _, stderr) = run(&file, &lab.url(), &arguments).await;
    assert_eq!(code, Some(0), "{stderr}");
    let spawned = "All users spawned: {\"A\": 2} (2 total users)\n";
    let without = "3 users ended before their first task: no row left in data \"d\" (2 rows)";
    let at_the_end = format!("\n  users.without_row: {without}");
    for part in [spawned, without, &at_the_end] {
        assert!(stderr.contains(part), "{part:?} in {stderr}");
    }
}

#[tokio::test]
async fn a_run_is_told_as_locust_tells_it() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let arguments = ["-u", "3", "-r", "100", "-t", "3s"];
    let (code, stdout, stderr) = run(&file, &lab.url(), &arguments).await;
    assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
    for part in [
        "/INFO/swarmdeck.main: Starting Swarmdeck ",
        "/INFO/swarmdeck.main: Run time limit set to 3 seconds\n",
        "/INFO/swarmdeck.runners: Ramping to 3 users at a rate of 100.00 per second\n",
        "All users spawned: {\"Steady\": 3} (3 total users)\n",
        "--run-time limit reached, shutting down\n",
        "/INFO/swarmdeck.main: Shutting down (exit code 0)\n",
        "Response time percentiles (approximated)\n",
        "Type     Name  ",
    ] {
        assert!(stderr.contains(part), "{part:?} in {stderr}");
    }
    assert!(stderr.contains("\nPASS: no failures\n"), "{stderr}");
    assert!(
        !stderr.contains("Error report") && !stderr.contains('\x1b'),
        "{stderr}"
    );
    let tables = stderr.matches("# reqs      # fails").count();
    assert_eq!(tables, 2, "one on the way, one at the end: {stderr}");
    assert!(aggregated(&stderr) > 50, "{stderr}");
    // A line starts with the time: [2026-11-23 18:51:42,187] host/
    let first = stderr.lines().next().unwrap();
    let shape: String = first
        .chars()
        .take(26)
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    assert_eq!(shape, "[9999-99-99 99:99:99,999] ", "{first}");
}

#[tokio::test]
async fn tables_and_the_log_can_be_left_out() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let log = format!("{}/run.log", folder.path());
    let arguments = [
        "-t",
        "3s",
        "--only-summary",
        "--logfile",
        &log,
        "-L",
        "error",
    ];
    let (code, _, stderr) = run(&file, &lab.url(), &arguments).await;
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(stderr.matches("# reqs      # fails").count(), 1, "{stderr}");
    assert!(!stderr.contains("Ramping"), "{stderr}");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "");
    let json = format!("{}/last", folder.path());
    let arguments = ["-t", "1s", "--json-file", &json, "--logfile", &log];
    let (_, _, stderr) = run(&file, &lab.url(), &arguments).await;
    assert!(stderr.starts_with("PASS: no failures\n"), "{stderr}");
    assert!(!stderr.contains("# reqs"), "no tables with --json-file");
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("Shutting down (exit code 0)\n"), "{log}");
}

#[tokio::test]
async fn failures_are_exit_code_1_or_what_was_asked_for() {
    let app = Router::new().fallback(async || StatusCode::INTERNAL_SERVER_ERROR);
    let host = serve_app(app).await;
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let (code, _, stderr) = run(&file, &host, &["-t", "1s"]).await;
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("(100.00%)"), "{stderr}");
    assert!(
        stderr.contains("GET /api/v1/health/: status 500"),
        "{stderr}"
    );
    assert!(stderr.contains("\nFAIL: "), "{stderr}");
    let arguments = ["-t", "1s", "--exit-code-on-error", "7"];
    let (code, _, stderr) = run(&file, &host, &arguments).await;
    assert_eq!(code, Some(7), "{stderr}");
    assert!(stderr.contains("Shutting down (exit code 7)"), "{stderr}");
}

#[tokio::test]
async fn a_run_that_says_nothing_is_exit_code_3() {
    let app = Router::new().fallback(async || StatusCode::NOT_FOUND);
    let host = serve_app(app).await;
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let (code, _, stderr) = run(&file, &host, &["-u", "5", "-r", "50", "-t", "2s"]).await;
    assert_eq!(code, Some(3), "{stderr}");
    assert!(
        stderr.contains("\nINVALID: ") && stderr.contains("404"),
        "{stderr}"
    );
    let nowhere = format!("http://127.0.0.1:{}", refused_port().await);
    let (code, _, stderr) = run(&file, &nowhere, &["-t", "1s"]).await;
    assert_eq!(code, Some(3), "{stderr}");
    assert!(stderr.contains("INVALID: cannot connect to"), "{stderr}");
}

#[tokio::test]
async fn what_cannot_run_is_said_before_and_is_exit_code_2() {
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let (code, _, stderr) = Program::output(&["-f", &file, "--headless"]).await;
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("host"), "{stderr}");
    let inside = format!("{file}/results/x");
    let host = "http://127.0.0.1:1";
    for arguments in [
        &["--csv", &inside][..],
        &["--json-file", &inside],
        &["--logfile", &inside],
    ] {
        let (code, _, stderr) = run(&file, host, arguments).await;
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains("a.yaml/results"), "{stderr}");
        assert!(!stderr.contains("Starting"), "{stderr}");
    }
    let (code, _, stderr) = run(&file, host, &["--csv-full-history"]).await;
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("--csv"), "{stderr}");
    let (code, _, stderr) = run(&file, host, &["--wait-for", "nonsense"]).await;
    assert_eq!(code, Some(2), "{stderr}");
    folder.file("b.yaml", STEADY);
    let (code, _, stderr) = run(folder.path(), host, &[]).await;
    assert_eq!(code, Some(2), "{stderr}");
    assert!(
        stderr.contains("choose one with -f FILE or by its user classes (available: a, b)"),
        "{stderr}"
    );
}

#[tokio::test]
async fn a_run_waits_for_what_is_yet_to_start() {
    let port = refused_port().await;
    let host = format!("http://127.0.0.1:{port}");
    let health = format!("{host}/api/v1/health/");
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let arguments = [
        "-f",
        &file,
        "-H",
        &host,
        "--headless",
        "-t",
        "1s",
        "--wait-for",
        &health,
    ];
    let waiting = Captured::start(&arguments);
    sleep(Duration::from_millis(700)).await;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let lab = Lab::start(address, LabConfig::default()).unwrap();
    let (code, _, stderr) = waiting.end().await;
    assert_eq!(code, Some(0), "{stderr}");
    drop(lab);
    let more = ["--wait-for", &health, "--wait-for-timeout", "1s"];
    let (code, _, stderr) = run(&file, &host, &more).await;
    assert_eq!(code, Some(3), "{stderr}");
    assert!(
        stderr.contains("was not ready within 1 s (no successful response)"),
        "{stderr}"
    );
}
