//! The verdict of a run whose generator was stopped by SIGSTOP, like a paused
//! machine or a throttled container.

use std::time::Duration;

use futures_util::future::join_all;
use rustix::process::Signal;
use swarmdeck::lab::LabConfig;
use tokio::time::sleep;

use crate::support::{Captured, Folder, PATIENCE, eventually, lab};

const CLOSED: &str = "user_classes: {U: {tasks: {ask: [{get: /api/v1/health/}]}}}\n";

/// Runs it, stops the program for so long after a second or two, and gives its
/// exit code and what it said.
async fn run_stopped(text: &str, more: &[&str], stopped: Duration) -> (Option<i32>, String) {
    let lab = lab(LabConfig {
        latency: "20ms".parse().expect("a latency"),
        ..LabConfig::default()
    });
    let folder = Folder::new();
    let file = folder.file("a.yaml", text);
    let prefix = format!("{}/a", folder.path());
    let url = lab.url();
    let arguments = ["-f", &file, "-H", &url, "--headless", "--csv", &prefix];
    let running = Captured::start(&[&arguments, more].concat());
    eventually("requests in the file", PATIENCE, async || {
        let stats = std::fs::read_to_string(format!("{prefix}_stats.csv"));
        stats.unwrap_or_default().contains("GET,")
    })
    .await;
    running.signal(Signal::STOP);
    sleep(stopped).await;
    running.signal(Signal::CONT);
    let (code, _, stderr) = running.end().await;
    (code, stderr)
}

#[tokio::test]
async fn a_generator_that_stood_still_is_no_measure() {
    let long = Duration::from_secs(3);
    let users = ["-u", "10", "-r", "100", "-t", "8s"];
    let with_criterion = [&users[..], &["--criterion", "rps >= 100"]].concat();
    let open = "load: {rate: 50/s, max_users: 50, run_time: 8s}\n".to_owned() + CLOSED;
    let runs = [
        (CLOSED, &users[..]),
        (CLOSED, &with_criterion),
        (&open, &[]),
    ]
    .map(|(text, more)| run_stopped(text, more, long));
    for (code, stderr) in join_all(runs).await {
        assert_eq!(code, Some(3), "{stderr}");
        let said = "INVALID: the load generator did not run for ";
        assert!(stderr.contains(said), "{stderr}");
        assert!(stderr.contains(" in total (from "), "{stderr}");
    }
}

/// The target took 20 ms; that a request took longer than 350 ms is not its
/// doing.
#[tokio::test]
async fn a_short_stop_breaks_no_criterion() {
    let short = Duration::from_millis(400);
    let more = [
        "-u",
        "10",
        "-r",
        "100",
        "-t",
        "6s",
        "--criterion",
        "max < 350ms",
    ];
    let (code, stderr) = run_stopped(CLOSED, &more, short).await;
    assert!(matches!(code, Some(0 | 3)), "{stderr}");
    assert!(stderr.contains("generator"), "{stderr}");
}
