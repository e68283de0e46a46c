//! Options of the start form and the downloads.

use serde_json::Value;
use swarmdeck::lab::LabConfig;

use crate::support::{Folder, PATIENCE, Program, eventually, lab};

const FILE: &str = "load: {users: 2, spawn_rate: 100}
user_classes:
  Reader:
    wait: 50ms
    tasks: {health: [{get: /api/v1/health/}]}
  Other:
    wait: 50ms
    tasks: {list: [{get: /api/v1/deployments/}]}
";

/// A program on a port of its own, and what it answers.
struct Served {
    _program: Program,
    url: String,
    client: reqwest::Client,
}

impl Served {
    async fn with(file: &str, host: &str, options: &[&str]) -> Self {
        let all = [&["-f", file, "-P", "0", "-H", host][..], options].concat();
        let mut program = Program::start(&all);
        let (url, _) = program.address("Dashboard").await;
        let client = reqwest::Client::builder().no_proxy();
        Self {
            _program: program,
            url,
            client: client.build().expect("a client"),
        }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("a text"))
    }

    async fn swarm(&self) -> Value {
        let request = self.client.post(format!("{}/swarm", self.url));
        let form = request.form(&[("user_count", "2"), ("spawn_rate", "100")]);
        let answer = form.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }
}

#[tokio::test]
async fn the_class_picker_is_in_sight_where_it_is_asked_for() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("x.yaml", FILE);
    let options = ["--class-picker", "--profile", "nightly"];
    let served = Served::with(&file, &lab.url(), &options).await;
    let (_, page) = served.get("/").await;
    assert!(page.contains("id=\"class-picker\" data-always open"));
    let started = served.swarm().await;
    let all = serde_json::json!(["Other", "Reader"]);
    assert_eq!(started["user_classes"], all, "{started}");
    let (_, run) = served.get("/api/v1/run").await;
    assert!(run.contains("\"profile\":\"nightly\""), "{run}");
    let (_, page) = served.get("/stats/report").await;
    assert!(page.contains("nightly"));
}

#[tokio::test]
async fn the_full_history_is_downloaded_where_it_is_written() {
    let lab = lab(LabConfig {
        latency: "20ms".parse().expect("a time"),
        ..LabConfig::default()
    });
    let folder = Folder::new();
    let file = folder.file("x.yaml", FILE);
    let path = "/stats/requests_full_history/csv";
    let prefix = format!("{}/out", folder.path());
    let options = ["--csv", &prefix, "--csv-full-history"];
    let served = Served::with(&file, &lab.url(), &options).await;
    assert!(
        served
            .get("/")
            .await
            .1
            .contains(path.trim_start_matches('/'))
    );
    let (status, empty) = served.get(path).await;
    assert_eq!(status, 200);
    assert!(
        empty.starts_with("Timestamp,User Count,Type,Name,"),
        "{empty}"
    );
    assert_eq!(empty.lines().count(), 1, "{empty}");
    served.swarm().await;
    let mut history = String::new();
    // The times of the last seconds are kept by name: answers take 20 ms.
    let has = |history: &str, row: &str| {
        let mut rows = history.lines().filter(|line| line.contains(row));
        rows.any(|line| {
            let half = line.split(',').nth(6).and_then(|ms| ms.parse().ok());
            half.is_some_and(|ms: u32| ms >= 20)
        })
    };
    eventually("rows of every name", PATIENCE, async || {
        history = served.get(path).await.1;
        let rows = [
            ",GET,/api/v1/health/,",
            ",GET,/api/v1/deployments/,",
            ",,Aggregated,",
        ];
        rows.iter().all(|row| has(&history, row))
    })
    .await;
    let on_disk = std::fs::read_to_string(format!("{prefix}_stats_history.csv"));
    assert!(on_disk.unwrap().starts_with(&history));

    let prefix = format!("{}/plain", folder.path());
    let served = Served::with(&file, &lab.url(), &["--csv", &prefix]).await;
    let (status, why) = served.get(path).await;
    let said = "Error: Server was not started with option to generate full history.";
    assert_eq!((status, why.as_str()), (404, said));
    assert!(!served.get("/").await.1.contains("full_history"));
}
