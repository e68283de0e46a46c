//! A target that stalls for a second in every four: users wait for it, so that
//! few requests are slow. What had to wait shows in the response time alone,
//! wherever a run is told of.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::time::{Duration, Instant};

use axum::Router;
use serde_json::Value;

use crate::support::{Folder, Program, serve_app};

const OPEN: &str = "name: Stalled
load: {rate: 50/s, max_users: 4, queue: 1000, run_time: 5s}
user_classes: {U: {tasks: {read: [{get: /a}], both: [{get: /b}, {get: /c}]}}}
";
/// Each user plans a start every 50 ms, and gives up those that it cannot keep
/// but for the last.
const PACED: &str = "name: Paced
load: {users: 4, spawn_rate: 100, run_time: 5s}
user_classes: {U: {wait: {pacing: 50ms}, tasks: {read: [{get: /a}]}}}
";
/// A closed load: nothing is planned.
const CLOSED: &str = "name: Closed
load: {users: 2, spawn_rate: 100, run_time: 2s}
user_classes: {U: {wait: 20ms, tasks: {read: [{get: /a}]}}}
";

const SERVICE: &str = "Service time";
const RESPONSE: &str = "Response time (with queueing)";

/// A server that stands still for the last second of every four. The first
/// stall comes in the midst of a run.
async fn stalling() -> String {
    let begun = Instant::now();
    let answer = move || async move {
        let since_ms = begun.elapsed().as_millis() % 4_000;
        if since_ms > 3_000 {
            let left_ms = u64::try_from(4_000 - since_ms).unwrap();
            tokio::time::sleep(Duration::from_millis(left_ms)).await;
        }
        "ok"
    };
    serve_app(Router::new().fallback(answer)).await
}

/// The milliseconds of a time as it is printed.
fn ms(text: &str, unit: &str) -> f64 {
    let number: f64 = text.parse().unwrap();
    match unit {
        "ms" => number,
        "s" => number * 1e3,
        _ => panic!("{text} {unit}"),
    }
}

/// The times of a row: both kinds of 50, 95, 99 and 100 %.
fn times(row: &str) -> [Vec<f64>; 2] {
    let words: Vec<_> = row.split_whitespace().collect();
    let times: Vec<_> = words[words.len() - 16..]
        .chunks(2)
        .map(|pair| ms(pair[0], pair[1]))
        .collect();
    [times[..4].to_vec(), times[4..].to_vec()]
}

/// Both times while the run goes on, and a table at the end; its p95 of the
/// response time is given.
fn assert_terminal(stderr: &str) -> f64 {
    let progress = stderr
        .lines()
        .filter(|line| line.ends_with("of the last 10 s"));
    let progress: Vec<_> = progress.collect();
    assert!(progress.len() >= 2, "{stderr}");
    assert!(progress[0].starts_with(SERVICE), "{stderr}");
    assert!(progress[1].starts_with(RESPONSE), "{stderr}");
    let (_, table) = stderr
        .split_once(&format!("{SERVICE}: from send to last byte. {RESPONSE}:"))
        .unwrap();
    let row = |name: &str| table.lines().find(|row| row.contains(name));
    let all = row("Aggregated").unwrap();
    let [service, response] = times(all);
    assert!(response[1] > 300.0, "{all}");
    assert!(response[1] > 2.0 * service[1], "{all}");
    assert!(row("GET     /a").is_some() && row("GET     /b").is_some());
    assert!(row("GET     /c").is_none(), "no start is planned: {table}");
    assert!(
        table.contains("Requests waited before they were sent: "),
        "{table}"
    );
    response[1]
}

/// The same figures in a file of their own, and nothing in Locust's.
fn assert_csv(prefix: &str, p95_ms: f64) {
    let text = std::fs::read_to_string(format!("{prefix}_response.csv")).unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().unwrap().clone();
    let mut rows = table.records().map(Result::unwrap);
    let row = rows.find(|row| &row[1] == "Aggregated").unwrap();
    let column = |name: &str| -> f64 {
        let at = head.iter().position(|one| one == name).unwrap();
        row[at].parse().unwrap()
    };
    assert!((column("95%") - p95_ms).abs() <= 1.0, "{p95_ms} {row:?}");
    assert!((column("Max Response Time") - column("100%")).abs() < 1e-9);
    let stats = std::fs::read_to_string(format!("{prefix}_stats.csv")).unwrap();
    assert!(!stats.contains("queueing"), "{stats}");
}

fn assert_json(text: &str) {
    let entries: Value = serde_json::from_str(text).unwrap();
    for entry in entries.as_array().unwrap() {
        let own = entry.get("response_time_with_queueing");
        assert_eq!(own.is_some(), entry["name"] != "/c", "{entry}");
        let Some(own) = own else { continue };
        let counted = own["response_times"].as_object().unwrap().values();
        let counted: u64 = counted.map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(own["num_requests"], counted, "{entry}");
    }
}

#[tokio::test]
async fn a_stall_is_seen_in_the_terminal_and_in_every_file() {
    let folder = Folder::new();
    let file = folder.file("open.yaml", OPEN);
    let url = stalling().await;
    let path = |name: &str| format!("{}/{name}", folder.path());
    let (prefix, html) = (path("x"), path("x.html"));
    let run = ["-f", &file, "-H", &url, "--headless"];
    let files = ["--json", "--csv", &prefix, "--html", &html];
    let (code, stdout, stderr) = Program::output(&[&run[..], &files].concat()).await;
    // A busy machine may make it INVALID; its figures are there all the same.
    assert!(matches!(code, Some(0 | 3)), "{stderr}");
    let p95_ms = assert_terminal(&stderr);
    assert_csv(&prefix, p95_ms);
    assert_json(&stdout);
    let run = std::fs::read_to_string(format!("{prefix}_run.json")).unwrap();
    let run: Value = serde_json::from_str(&run).unwrap();
    let all = &run["aggregated"];
    let service_us = all["latencies"]["service"]["p95_us"].as_u64();
    assert!(
        all["response"]["percentiles_us"][5].as_u64() > service_us,
        "{all}"
    );
    let page = std::fs::read_to_string(html).unwrap();
    assert!(page.contains(&format!("{RESPONSE} p99")));
}

#[tokio::test]
async fn a_paced_load_has_both_times_and_a_closed_one_has_one() {
    let folder = Folder::new();
    let (paced, closed) = (folder.file("p.yaml", PACED), folder.file("c.yaml", CLOSED));
    let url = stalling().await;
    let (_, _, stderr) = Program::output(&["-f", &paced, "-H", &url, "--headless"]).await;
    assert!(
        stderr.contains(&format!("{SERVICE}: from send to last byte. {RESPONSE}:")),
        "{stderr}"
    );
    let (_, _, stderr) = Program::output(&["-f", &closed, "-H", &url, "--headless"]).await;
    assert!(!stderr.contains(RESPONSE), "{stderr}");
}

#[tokio::test]
async fn a_file_for_the_figures_keeps_no_failure_from_the_terminal() {
    let folder = Folder::new();
    let text = CLOSED.replace("[{get: /a}]", "[{get: /a, expect: {status: 201}}]");
    let file = folder.file("c.yaml", &text);
    let (url, json) = (stalling().await, format!("{}/x", folder.path()));
    let arguments = [
        "-f",
        &file,
        "-H",
        &url,
        "--headless",
        "--only-summary",
        "--json-file",
        &json,
    ];
    let (code, _, stderr) = Program::output(&arguments).await;
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("Error report\n"), "{stderr}");
    assert!(!stderr.contains("Response time percentiles"), "{stderr}");
    assert!(std::path::Path::new(&format!("{json}.json")).exists());
}
