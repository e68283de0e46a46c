//! `--demo`: the lab beside the dashboard, from the greeting to the end.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::sync::{Mutex, MutexGuard};

use crate::support::{PATIENCE, Program, eventually};

/// One after the other, so that it is known which port a lab takes.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
/// An end takes a second at the most; the rest is for a busy machine.
const END: Duration = Duration::from_secs(3);

struct Demo {
    program: Program,
    lab: SocketAddr,
    lab_line: String,
    url: String,
    _alone: MutexGuard<'static, ()>,
}

impl Demo {
    async fn start() -> Self {
        let alone = ONE_AT_A_TIME.lock().await;
        let mut program = Program::start(&["--demo", "--web-port", "0"]);
        let (lab, lab_line) = program.address("Lab").await;
        let (url, _) = program.address("Dashboard").await;
        let port = lab.rsplit(':').next().and_then(|port| port.parse().ok());
        Self {
            program,
            lab: SocketAddr::from(([127, 0, 0, 1], port.expect("a port"))),
            lab_line,
            url,
            _alone: alone,
        }
    }

    fn lab_listens(&self) -> bool {
        TcpStream::connect(self.lab).is_ok()
    }

    async fn post(&self, path: &str, body: &str) -> serde_json::Value {
        let client = reqwest::Client::builder().no_proxy().build();
        let request = client
            .expect("a client")
            .post(format!("{}{path}", self.url));
        let form = "application/x-www-form-urlencoded";
        let request = request.header("content-type", form).body(body.to_owned());
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Interrupts it; dashboard and lab end, and in order.
    async fn interrupt(mut self) {
        self.program.signal(Signal::INT);
        let began = Instant::now();
        let status = self.program.ended().await;
        assert!(began.elapsed() < END, "{:?}", began.elapsed());
        assert_eq!(status.code(), Some(0));
        eventually("the lab has ended", END, async || !self.lab_listens()).await;
    }
}

#[tokio::test]
async fn the_greeting_names_both_and_an_interrupt_ends_both() {
    let mut demo = Demo::start().await;
    let next = demo.program.line().await;
    assert!(
        next.contains("Start swarming") && next.contains("Ctrl-C"),
        "{next}"
    );
    assert!(demo.lab_listens());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = client.get(&demo.url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    demo.interrupt().await;
}

#[tokio::test]
async fn an_interrupt_ends_a_run_too() {
    let demo = Demo::start().await;
    let started = demo.post("/swarm", "user_count=50&spawn_rate=1000").await;
    assert_eq!(started["success"], true, "{started}");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    eventually("users run", PATIENCE, async || {
        let stats = client
            .get(format!("{}/stats/requests", demo.url))
            .send()
            .await;
        let stats: serde_json::Value = stats.unwrap().json().await.unwrap();
        let aggregated = stats["stats"].as_array().and_then(|rows| rows.last());
        let requests = aggregated.and_then(|row| row["num_requests"].as_u64());
        stats["user_count"] == 50 && requests > Some(100)
    })
    .await;
    demo.interrupt().await;
}

#[tokio::test]
async fn the_lab_does_not_outlive_a_dashboard_that_is_killed() {
    let mut demo = Demo::start().await;
    demo.program.signal(Signal::KILL);
    let status = demo.program.ended().await;
    assert_eq!(status.code(), None);
    eventually("the lab has ended", PATIENCE, async || !demo.lab_listens()).await;
}

#[tokio::test]
async fn a_taken_port_8000_is_said_and_the_next_one_used() {
    // In use by this test or by another program.
    let _taken = TcpListener::bind("127.0.0.1:8000");
    let demo = Demo::start().await;
    assert!(demo.lab.port() > 8000, "{}", demo.lab_line);
    assert!(
        demo.lab_line.contains("(port 8000 is in use)"),
        "{}",
        demo.lab_line
    );
    let started = demo.post("/swarm", "user_count=1&spawn_rate=1").await;
    assert_eq!(
        started["host"],
        format!("http://127.0.0.1:{}", demo.lab.port())
    );
    demo.interrupt().await;
}

#[tokio::test]
async fn demos_that_start_together_find_a_port_each() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let mut programs: Vec<_> = (0..4)
        .map(|_| Program::start(&["--demo", "--web-port", "0"]))
        .collect();
    let mut labs = Vec::new();
    for program in &mut programs {
        labs.push(program.address("Lab").await.0);
    }
    labs.sort();
    labs.dedup();
    assert_eq!(labs.len(), 4, "{labs:?}");
}
