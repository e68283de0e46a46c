//! Stops that come at awkward moments, and rates at the edge.

use std::time::{Duration, Instant};

use swarmdeck::lab::{Lab, LabConfig};
use swarmdeck::model::{Change, Edit};
use swarmdeck::run::Author;

use crate::support::{Bench, assert_conserved, lab, soon};

fn lab_taking(latency: &str) -> Lab {
    lab(LabConfig {
        latency: latency.parse().expect("a latency"),
        ..LabConfig::default()
    })
}

#[tokio::test]
async fn a_stop_right_after_the_start_leaves_nobody_behind() {
    let lab = lab_taking("0ms");
    let mut bench = Bench::class("    tasks: {t: [{get: /api/v1/health/}]}", &lab.url());
    for _ in 0..20 {
        bench.start(50, 100_000.0).await;
        let end = bench.stop().await;
        assert_conserved(&end);
    }
}

#[tokio::test]
async fn a_user_dismissed_in_mid_request_does_not_rest_first() {
    let lab = lab_taking("300ms");
    let body = "    wait: 10m\n    tasks: {t: [{get: /api/v1/health/}]}";
    let mut bench = Bench::class(body, &lab.url());
    // One user after the other, so that there is a request under way for long.
    bench.start(40, 4.0).await;
    bench
        .until("a request under way", |s| s.counts.in_flight() > 0)
        .await;
    let asked = Instant::now();
    let end = bench.stop().await;
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(end.counts.cut_off, 0, "half a second is enough for it");
    assert_conserved(&end);
}

#[tokio::test]
async fn the_slowest_spawn_rate_is_slow_and_nothing_else() {
    let lab = lab_taking("0ms");
    let mut bench = Bench::class(
        "    wait: 1s\n    tasks: {t: [{get: /api/v1/health/}]}",
        &lab.url(),
    );
    bench.start(2, 1e-14).await;
    bench.until_users(1).await;
    let edit = Edit {
        users: Some(9.0),
        spawn_rate: Some(1e-300),
        rate: None,
    };
    soon(
        "an edit",
        bench.runs.change(Change::Load(edit), Author::new("a test")),
    )
    .await
    .expect("edits");
    bench.until_requests(2).await;
    assert_eq!(bench.runs.snapshot().users, 1);
    let end = bench.stop().await;
    assert_conserved(&end);
}
