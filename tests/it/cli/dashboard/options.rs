//! Options that work beside a dashboard as they do without one.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};
use swarmdeck::lab::{Lab, LabConfig};
use tokio::io::{BufReader, Lines};
use tokio::process::ChildStderr;
use tokio::time::sleep;

use crate::support::{
    Captured, Folder, PATIENCE, Program, eventually, lab, lab_stats, refused_port, serve_app,
};

const STEADY: &str =
    "user_classes: {Steady: {wait: 20ms, tasks: {ask: [{get: /api/v1/health/}]}}}\n";

/// A dashboard in a process of its own.
struct Dashboard {
    program: Program,
    stderr: Lines<BufReader<ChildStderr>>,
    url: String,
    client: reqwest::Client,
}

impl Dashboard {
    async fn open(file: &str, host: &str, more: &[&str]) -> Self {
        let arguments = ["-f", file, "-H", host, "-P", "0", "--shards", "1"];
        let (mut program, stderr) = Program::start_heard(&[&arguments, more].concat());
        let (url, _) = program.address("Dashboard").await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            program,
            stderr,
            url,
            client,
        }
    }

    async fn start(&self, body: Value) -> (u16, String) {
        let request = self.client.post(format!("{}/api/v1/run", self.url));
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        (status, body["message"].as_str().unwrap().to_owned())
    }

    /// Runs once, and comes back when there is this file.
    async fn run(&self, users: u32, until: &str) {
        let began = self.start(json!({"users": users, "spawn_rate": 100, "run_time": "1s"}));
        assert_eq!(began.await.0, 200);
        eventually(until, PATIENCE, async || std::fs::exists(until).unwrap()).await;
    }

    async fn log(&self) -> String {
        let request = self.client.get(format!("{}/logs", self.url));
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Ends it; its exit code and the rest of what it says where errors go.
    async fn end(mut self) -> (Option<i32>, String) {
        self.program.signal(Signal::TERM);
        let code = self.program.ended().await.code();
        let mut said = String::new();
        while let Some(line) = self.stderr.next_line().await.unwrap() {
            said.push_str(&line);
            said.push('\n');
        }
        (code, said)
    }
}

/// A run that starts with the dashboard, which ends with it.
async fn by_itself(file: &str, host: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let arguments = ["-f", file, "-H", host, "-P", "0", "--shards", "1"];
    let alone = ["--autostart", "--autoquit", "0", "-t", "1s"];
    Program::output(&[&arguments[..], &alone, more].concat()).await
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test]
async fn the_files_of_each_run_are_written_at_its_end() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let out = |name: &str| format!("{}/out/{name}", folder.path());
    let [html, json, junit, csv] = ["page_{u}.html", "last", "last.xml", "shop"].map(out);
    let arguments = [
        "--html",
        &html,
        "--json-file",
        &json,
        "--junit",
        &junit,
        "--csv",
        &csv,
        "--csv-full-history",
        "--criterion",
        "requests >= 1000000",
    ];
    let dashboard = Dashboard::open(&file, &lab.url(), &arguments).await;
    assert!(!std::fs::exists(out("page_2.html")).unwrap());
    dashboard.run(2, &out("page_2.html")).await;
    // The page is the last but one of the files of a run.
    eventually("the verdict", PATIENCE, async || {
        std::fs::exists(&junit).unwrap()
    })
    .await;
    assert!(read(&junit).contains("requests &gt;= 1000000"));
    let entries: Value = serde_json::from_str(&read(&out("last.json"))).unwrap();
    assert_eq!(entries[0]["name"], "/api/v1/health/");
    let first: Value = serde_json::from_str(&read(&out("shop_run.json"))).unwrap();
    assert_eq!(first["judgement"]["verdict"], "FAIL", "{first}");
    let line = &first["judgement"]["criteria"][0];
    assert_eq!(line["text"], "requests >= 1000000");
    let history = read(&out("shop_stats_history.csv"));
    let own = history
        .lines()
        .rfind(|line| line.contains(",GET,"))
        .unwrap();
    assert_ne!(own.split(',').nth(6), Some("N/A"), "times by name: {own}");
    dashboard.run(3, &out("page_3.html")).await;
    let second: Value = serde_json::from_str(&read(&out("shop_run.json"))).unwrap();
    assert_ne!(first["run"]["id"], second["run"]["id"]);
    let (code, said) = dashboard.end().await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let left = std::fs::read_dir(format!("{}/out", folder.path())).unwrap();
    let names: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names.len(), 10, "nothing half written is left: {names:?}");
}

#[tokio::test]
async fn a_run_that_the_program_ends_is_written_too() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let junit = format!("{}/last.xml", folder.path());
    let dashboard = Dashboard::open(&file, &lab.url(), &["--junit", &junit]).await;
    assert_eq!(dashboard.start(json!({"users": 1})).await.0, 200);
    eventually("requests", PATIENCE, async || {
        lab_stats(&lab.url()).await.answered > 10
    })
    .await;
    let (code, _) = dashboard.end().await;
    assert_eq!(code, Some(0));
    assert!(read(&junit).contains("<testsuite"));
}

#[tokio::test]
async fn what_cannot_be_is_said_before_the_dashboard_opens() {
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let inside = format!("{file}/results/x");
    let with_holes = format!("{file}/{{u}}/x.html");
    for (arguments, part) in [
        (["--html", &inside], "a.yaml/results"),
        (["--html", &with_holes], "a.yaml"),
        (["--json-file", &inside], "a.yaml/results"),
        (["--junit", &inside], "a.yaml/results"),
        (["--csv", &inside], "a.yaml/results"),
        (["--logfile", &inside], "a.yaml/results"),
        (["--criterion", "p99 <"], "--criterion \"p99 <\": column"),
        (
            ["--criterion", "p99 of task:aks < 1s"],
            "did you mean `ask`?",
        ),
        (["--wait-for", "nonsense"], "--wait-for"),
    ] {
        let all = [&["-f", &file, "-P", "0"], &arguments[..]].concat();
        let (code, stdout, stderr) = Program::output(&all).await;
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
}

#[tokio::test]
async fn a_criterion_refuses_the_start_of_a_scenario_that_it_does_not_fit() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("a.yaml", STEADY);
    folder.file("b.yaml", &STEADY.replace("ask:", "other:"));
    let arguments = ["--criterion", "requests of task:other > 0"];
    let dashboard = Dashboard::open(folder.path(), &lab.url(), &arguments).await;
    let (status, message) = dashboard.start(json!({"scenario": "a"})).await;
    assert_eq!(status, 400);
    assert!(message.contains("task:other selects nothing"), "{message}");
    assert_eq!(dashboard.start(json!({"scenario": "b"})).await.0, 200);
}

#[tokio::test]
async fn a_disk_that_takes_no_report_is_said_and_costs_no_later_one() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let out = format!("{}/out", folder.path());
    let (html, junit) = (format!("{out}/x.html"), format!("{out}/x.xml"));
    let arguments = ["--html", &html, "--junit", &junit];
    let dashboard = Dashboard::open(&file, &lab.url(), &arguments).await;
    std::fs::remove_dir(&out).unwrap();
    folder.file("out", "in the way");
    let one = json!({"users": 1, "run_time": "1s"});
    assert_eq!(dashboard.start(one).await.0, 200);
    eventually("the trouble", PATIENCE, async || {
        let log = dashboard.log().await;
        log.contains("cannot create folder") && log.contains("out: ")
    })
    .await;
    std::fs::remove_file(&out).unwrap();
    dashboard.run(1, &junit).await;
    let (code, said) = dashboard.end().await;
    assert_eq!(code, Some(5), "a report is missing");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("cannot create folder") && said.contains("out: "),
        "{said}"
    );
}

#[tokio::test]
async fn tables_json_and_the_log_are_given_where_asked_for() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let log = format!("{}/run.log", folder.path());
    let tables = |stderr: &str| stderr.matches("# reqs      # fails").count();
    let arguments = ["--json", "--only-summary", "--logfile", &log];
    let (code, stdout, stderr) = by_itself(&file, &lab.url(), &arguments).await;
    assert_eq!(code, Some(0), "{stderr}");
    let entries: Value = serde_json::from_str(&stdout).expect("nothing but JSON");
    assert!(entries[0]["num_requests"].as_u64().unwrap() > 10);
    assert!(stderr.starts_with("Dashboard  http://"), "{stderr}");
    assert_eq!(tables(&stderr), 1, "{stderr}");
    let log = read(&log);
    for part in [
        "/INFO/swarmdeck.main: Starting Swarmdeck ",
        "Run time limit set to 1 seconds\n",
        "All users spawned: {\"Steady\": 1} (1 total users)\n",
        "--run-time limit reached, shutting down\n",
    ] {
        assert!(log.contains(part), "{part:?} in {log}");
    }
    let arguments = ["--print-stats", "-t", "3s"];
    let (_, _, stderr) = by_itself(&file, &lab.url(), &arguments).await;
    assert_eq!(
        tables(&stderr),
        2,
        "one on the way, one at the end: {stderr}"
    );
    let (_, _, stderr) = by_itself(&file, &lab.url(), &[]).await;
    assert_eq!(stderr, "");
}

#[tokio::test]
async fn statistics_are_reset_when_all_users_are_there() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let csv = format!("{}/x", folder.path());
    let arguments = [
        "-u",
        "3",
        "-r",
        "2",
        "-t",
        "3s",
        "--reset-stats",
        "--csv",
        &csv,
    ];
    let (code, _, stderr) = by_itself(&file, &lab.url(), &arguments).await;
    assert_eq!(code, Some(0), "{stderr}");
    let run: Value = serde_json::from_str(&read(&format!("{csv}_run.json"))).unwrap();
    let events = run["events"].as_array().unwrap();
    let resets = events.iter().filter(|event| event["kind"] == "reset");
    assert_eq!(resets.count(), 1, "{events:?}");
}

#[tokio::test]
async fn a_start_waits_for_what_is_yet_to_start() {
    let port = refused_port().await;
    let host = format!("http://127.0.0.1:{port}");
    let health = format!("{host}/api/v1/health/");
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let arguments = ["-f", &file, "-H", &host, "-P", "0", "--wait-for", &health];
    let alone = ["--autostart", "--autoquit", "0", "-t", "1s"];
    let waiting = Captured::start(&[&arguments[..], &alone].concat());
    sleep(Duration::from_millis(700)).await;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let lab = Lab::start(address, LabConfig::default()).unwrap();
    let (code, stdout, stderr) = waiting.end().await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    drop(lab);
    let more = ["--wait-for", &health, "--wait-for-timeout", "1s"];
    let silent = "was not ready within 1 s (no successful response)";
    let (code, _, stderr) = by_itself(&file, &host, &more).await;
    assert_eq!(code, Some(3), "{stderr}");
    assert!(stderr.contains(silent), "{stderr}");
    let dashboard = Dashboard::open(&file, &host, &more).await;
    let (status, message) = dashboard.start(json!({"users": 1})).await;
    assert_eq!(status, 502);
    assert!(message.contains(silent), "{message}");
    let log = dashboard.log().await;
    assert!(
        log.contains("waiting up to 1 s for http://127.0.0.1:"),
        "{log}"
    );
}

#[tokio::test]
async fn criteria_on_what_is_left_out_change_no_verdict() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let text = "criteria: [p99 of task:buy < 1s, requests > 0]
user_classes:
  U:
    wait: 20ms
    tasks:
      look: {tags: [read], steps: [{get: /api/v1/health/}]}
      buy: {tags: [write], steps: [{get: /api/v1/deployments/}]}
";
    let file = folder.file("a.yaml", text);
    let csv = format!("{}/x", folder.path());
    let arguments = ["-T", "read", "--csv", &csv];
    let (code, _, stderr) = by_itself(&file, &lab.url(), &arguments).await;
    assert_eq!(code, Some(0), "{stderr}");
    let run: Value = serde_json::from_str(&read(&format!("{csv}_run.json"))).unwrap();
    let judgement = &run["judgement"];
    assert_eq!(judgement["criteria"].as_array().unwrap().len(), 1);
    let remarks = judgement["remarks"].to_string();
    let said = "not judged: p99 of task:buy < 1s: --tags read leaves out what it is about";
    assert!(remarks.contains(said), "{remarks}");
    assert!(remarks.contains("criterion.left_out"), "{remarks}");
}

#[tokio::test]
async fn exit_codes_are_those_of_the_verdict() {
    let app = Router::new().fallback(async || StatusCode::INTERNAL_SERVER_ERROR);
    let host = serve_app(app).await;
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let (code, _, stderr) = by_itself(&file, &host, &[]).await;
    assert_eq!(code, Some(1), "{stderr}");
    let (code, _, stderr) = by_itself(&file, &host, &["--exit-code-on-error", "7"]).await;
    assert_eq!(code, Some(7), "{stderr}");
    let met = ["--criterion", "success == 0%"];
    let (code, _, stderr) = by_itself(&file, &host, &met).await;
    assert_eq!(code, Some(0), "{stderr}");
    let nowhere = format!("http://127.0.0.1:{}", refused_port().await);
    let (code, _, stderr) = by_itself(&file, &nowhere, &[]).await;
    assert_eq!(code, Some(3), "{stderr}");
    assert!(stderr.contains("cannot connect to"), "{stderr}");
    // Stopped by a signal, the run is judged by what there was.
    let junit = format!("{}/x.xml", folder.path());
    let arguments = ["--autostart", "--autoquit", "0", "--junit", &junit];
    let dashboard = Dashboard::open(&file, &host, &arguments).await;
    sleep(Duration::from_millis(1_500)).await;
    let (code, said) = dashboard.end().await;
    assert_eq!(code, Some(1), "{said}");
    assert!(read(&junit).contains("<failure"));
}
