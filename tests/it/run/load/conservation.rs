//! What the generator counted is what the lab counted.

use std::time::Duration;

use swarmdeck::lab::LabConfig;
use swarmdeck::run::Snapshot;

use crate::support::{
    Bench, PATIENCE, assert_conserved, assert_sound, eventually, http_failures, lab, lab_stats,
};

const BURST: &str = "4_burst_load.yaml";

#[tokio::test]
async fn twenty_draining_stops_lose_nothing() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::unrehearsed(BURST, &lab.url());
    let (mut exchanges, mut answers) = (0, 0);
    for cycle in 0..20u32 {
        let users = 1 + cycle * 7 % 60;
        bench.start(users, 1_000.0).await;
        bench.until_requests(u64::from(users) * 2).await;
        let end = bench.stop().await;
        assert_conserved(&end);
        assert_eq!((end.counts.failed, end.counts.cut_off), (0, 0));
        assert_eq!(end.counts.users_started, u64::from(users));
        exchanges += end.counts.exchanges;
        answers += end.counts.succeeded + http_failures(&end);
        assert_agreement(&lab.url(), exchanges, answers).await;
    }
}

#[tokio::test]
async fn stops_that_cut_off_stay_honest() {
    let lab = lab(LabConfig {
        latency: "5ms..30ms".parse().unwrap(),
        ..LabConfig::default()
    });
    let mut bench = Bench::unrehearsed(BURST, &lab.url());
    bench.spec.stop_timeout = Duration::ZERO;
    let (mut exchanges, mut answers, mut cut_off) = (0, 0, 0);
    for users in [10, 40, 80, 25, 60] {
        bench.start(users, 1_000.0).await;
        bench.until_requests(u64::from(users) * 2).await;
        let end = bench.stop().await;
        assert_conserved(&end);
        exchanges += end.counts.exchanges;
        answers += end.counts.succeeded + http_failures(&end);
        cut_off += end.counts.cut_off;
        let seen = lab_stats(&lab.url()).await;
        assert!(seen.answered >= answers, "{seen:?}, {answers} answers");
        assert!(seen.received <= exchanges, "{seen:?}, {exchanges} sent");
    }
    assert!(cut_off > 0, "nobody was under way at five stops");
}

#[tokio::test]
async fn concurrent_deployments_are_sound() {
    built_in_is_sound("1_concurrent_deployments.yaml", 4).await;
}

#[tokio::test]
async fn approvals_are_sound() {
    built_in_is_sound("2_cab_approval_backlog.yaml", 4).await;
}

#[tokio::test]
async fn connectors_are_sound() {
    built_in_is_sound("3_connector_scaling.yaml", 9).await;
}

#[tokio::test]
async fn a_burst_is_sound() {
    built_in_is_sound(BURST, 2).await;
}

/// A built-in scenario does what it says for two seconds.
async fn built_in_is_sound(file: &str, fewest_names: usize) {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::unrehearsed(file, &lab.url());
    bench.start(30, 60.0).await;
    let all_names = |s: &Snapshot| s.elapsed_s > 2.0 && s.tables.requests.len() >= fewest_names;
    let running = bench.until("every name", |s| all_names(s)).await;
    assert_eq!(running.users, 30);
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_sound(&end);
    let failures = &end.tables.failures;
    assert_eq!(end.counts.failed, 0, "{failures:?}");
    let statuses = &end.tables.aggregated.statuses;
    assert!(
        statuses.iter().all(|(status, _)| *status < 400),
        "{statuses:?}"
    );
    assert_agreement(&lab.url(), end.counts.exchanges, end.counts.succeeded).await;
    let seen = lab_stats(&lab.url()).await;
    assert_eq!(seen.by_status, statuses.iter().copied().collect());
}

/// The lab's counters are the generator's. An answer may be read before the
/// lab gets round to counting it.
async fn assert_agreement(url: &str, exchanges: u64, answers: u64) {
    let mut seen = lab_stats(url).await;
    eventually("every answer is counted", PATIENCE, async || {
        seen = lab_stats(url).await;
        seen.answered >= answers
    })
    .await;
    assert_eq!((seen.received, seen.answered), (exchanges, answers));
}
