//! What idle connections cost a dashboard in a process of its own, and that
//! they do not stand in the operator's way.

use std::fs;
use std::net::SocketAddr;

use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;
use swarmdeck::probes::host;
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant, sleep};

use crate::support::{Folder, PATIENCE, Program, eventually, lab, lab_stats, soon};

const FILE: &str = "user_classes: {U: {wait: 20ms, tasks: {ask: [{get: /api/v1/health/}]}}}\n";

/// A dashboard, and a client that opens a connection for each request.
struct Dashboard {
    program: Program,
    address: SocketAddr,
    client: reqwest::Client,
    _folder: Folder,
}

impl Dashboard {
    async fn open(host: &str, descriptors: Option<u32>) -> Self {
        let folder = Folder::new();
        let file = folder.file("x.yaml", FILE);
        let arguments = ["-f", &file, "-H", host, "-P", "0", "--shards", "1"];
        let mut program = match descriptors {
            Some(descriptors) => {
                Program::start_after(&format!("ulimit -n {descriptors}"), &arguments)
            }
            None => Program::start(&arguments),
        };
        let address = program.dashboard().await;
        let client = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0);
        Self {
            program,
            address,
            client: client.build().expect("a client"),
            _folder: folder,
        }
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("http://{}{path}", self.address);
        let request = self.client.post(url).json(&body).send();
        let answer = soon("an answer", request).await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn stop(&self) -> Duration {
        let began = Instant::now();
        let (status, said) = self.post("/api/v1/run/stop", json!({})).await;
        assert_eq!(status, 200, "{said}");
        began.elapsed()
    }

    /// The memory of its process that is resident, in KiB.
    fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.program.id()));
        let status = status.expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.expect("a figure").trim().split(' ').next();
        number.expect("a figure").parse().expect("a number")
    }

    /// Opens so many connections and says nothing on them.
    async fn idle(&self, count: usize) -> Vec<TcpStream> {
        let mut idle = Vec::new();
        for _ in 0..count {
            let connecting = TcpStream::connect(self.address);
            idle.push(soon("a connection", connecting).await.expect("listens"));
        }
        idle
    }
}

/// `IDLE_CONNECTIONS=10000 cargo test --test it what_idle_connections_cost -- --nocapture`
/// measures with more of them and says what it found.
#[tokio::test]
async fn what_idle_connections_cost_is_bounded_and_given_back() {
    let count = std::env::var("IDLE_CONNECTIONS");
    let count = count.map_or(1_500, |count| count.parse().expect("a number"));
    host::raise_descriptor_limit();
    let lab = lab(LabConfig::default());
    let app = Dashboard::open(&lab.url(), None).await;
    let started = json!({"users": 10, "spawn_rate": 100});
    assert_eq!(app.post("/api/v1/run", started).await.0, 200);
    sleep(Duration::from_millis(500)).await;
    let before = app.resident_kib();
    let began = Instant::now();
    let idle = app.idle(count).await;
    let opened = began.elapsed();
    let during = app.resident_kib();
    let stopped = app.stop().await;
    drop(idle);
    sleep(Duration::from_millis(500)).await;
    let after = app.resident_kib();
    report(&format!(
        "{count} idle connections, opened within {opened:.1?}: {before} KiB before, {during} KiB \
         with them, {after} KiB after; Stop took {stopped:.1?}"
    ));
    // 20 KiB for each that is kept, and what else a run may take meanwhile.
    assert!(
        during < before + 512 * 20 + 8_192,
        "{before} KiB, {during} KiB"
    );
}

#[tokio::test]
async fn with_few_descriptors_idle_connections_leave_the_load_its_own() {
    let lab = lab(LabConfig::default());
    let app = Dashboard::open(&lab.url(), Some(256)).await;
    let _idle = app.idle(300).await;
    let started = json!({"users": 100, "spawn_rate": 1000});
    assert_eq!(app.post("/api/v1/run", started).await.0, 200);
    let _more = app.idle(300).await;
    eventually("a load", PATIENCE, async || {
        lab_stats(&lab.url()).await.answered > 500
    })
    .await;
    app.stop().await;
    let url = format!("http://{}/stats/requests", app.address);
    let stats = soon("an answer", app.client.get(url).send()).await;
    let stats: Value = stats.expect("an answer").json().await.expect("JSON");
    assert_eq!(stats["errors"], json!([]), "{stats}");
}

#[tokio::test]
async fn stop_is_reached_when_the_load_takes_every_descriptor() {
    let lab = lab(LabConfig::default());
    let app = Dashboard::open(&lab.url(), Some(128)).await;
    let started = json!({"users": 400, "spawn_rate": 10_000});
    assert_eq!(app.post("/api/v1/run", started).await.0, 200);
    eventually("no descriptor left", PATIENCE, async || {
        let url = format!("http://{}/stats/requests", app.address);
        let stats = app.client.get(url).send().await.expect("an answer");
        let stats = stats.text().await.expect("text");
        stats.contains("out of file descriptors")
    })
    .await;
    let _idle = app.idle(50).await;
    app.stop().await;
}

/// Tells a person who measures.
#[expect(clippy::print_stdout, reason = "a figure for people")]
fn report(text: &str) {
    println!("{text}");
}
