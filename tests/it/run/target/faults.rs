//! Targets that go away, and targets that misbehave.

use std::time::Duration;

use swarmdeck::lab::{Lab, LabConfig};
use swarmdeck::model::{ConnectFailure, Failure, LostAt, Malformed, TimedOut};
use swarmdeck::run::Snapshot;

use crate::support::{
    Bench, Manner, PATIENCE, assert_conserved, eventually, lab, misbehaving_target,
};

const HEALTH: &str = "http: {timeout: 300ms}
user_classes:
  U:
    wait: 10ms
    tasks:
      health:
        - get: /api/v1/health/
";

/// How often each failure was counted.
fn failures(snapshot: &Snapshot) -> Vec<(Failure, u64)> {
    let lines = snapshot.tables.failures.iter();
    lines
        .map(|line| (line.failure.expect("of a run"), line.count))
        .collect()
}

#[tokio::test]
async fn a_target_that_dies_and_comes_back_is_counted_and_used_again() {
    let first = lab(LabConfig::default());
    let address = first.address();
    let mut bench = Bench::new(HEALTH, &first.url());
    bench.start(10, 1_000.0).await;
    bench.until_requests(50).await;
    drop(first);
    let down = bench.until("failures", |s| s.counts.failed >= 50).await;
    assert_eq!(down.users, 10, "the run goes on");

    let mut second = None;
    eventually("the port is free again", PATIENCE, async || {
        second = Lab::start(address, LabConfig::default()).ok();
        second.is_some()
    })
    .await;
    let before = bench.runs.snapshot().counts.succeeded;
    bench
        .until("recovery", |s| s.counts.succeeded >= before + 100)
        .await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let failures = failures(&end);
    let count = |matching: fn(&Failure) -> bool| -> u64 {
        let matching = failures.iter().filter(|(failure, _)| matching(failure));
        matching.map(|(_, count)| count).sum()
    };
    let refused = count(|failure| *failure == Failure::Connect(ConnectFailure::Refused));
    let lost = count(|failure| matches!(failure, Failure::Lost(_)));
    assert!(refused > 0, "{failures:?}");
    // Connections that are idle when the lab dies are replaced, not failed.
    assert!(lost <= 10, "{failures:?}");
    assert_eq!(refused + lost, end.counts.failed, "{failures:?}");
}

/// Runs a few users against a target of these manners.
async fn suffer(manner: Manner) -> (std::sync::Arc<Snapshot>, Vec<(Failure, u64)>) {
    let mut bench = Bench::new(HEALTH, &misbehaving_target(manner).await);
    bench.start(5, 1_000.0).await;
    bench.until("failures", |s| s.counts.failed >= 20).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.succeeded, 0);
    assert!(end.counts.exchanges >= end.counts.failed);
    let failures = failures(&end);
    (end, failures)
}

#[tokio::test]
async fn a_close_within_the_body_is_told_apart() {
    let (end, failures) = suffer(Manner::ClosesWithinBody).await;
    let expected = Failure::Lost(LostAt::ClosedInBody);
    assert_eq!(failures, [(expected, end.counts.failed)]);
    assert_eq!(end.tables.failures[0].text, expected.to_string());
}

#[tokio::test]
async fn garbage_is_told_apart() {
    let (end, failures) = suffer(Manner::SendsGarbage).await;
    let expected = Failure::Malformed(Malformed::Head);
    assert_eq!(failures, [(expected, end.counts.failed)]);
}

#[tokio::test]
async fn silence_times_out() {
    let (end, failures) = suffer(Manner::NeverAnswers).await;
    let expected = Failure::TimedOut(TimedOut::FirstByte);
    assert_eq!(failures, [(expected, end.counts.failed)]);
    let fastest = Duration::from_micros(end.tables.aggregated.min_us.unwrap());
    assert!(fastest >= Duration::from_millis(299), "{fastest:?}");
}

#[tokio::test]
async fn endless_headers_are_cut_short() {
    let (end, failures) = suffer(Manner::SendsEndlessHeaders).await;
    let limit = |failure: &Failure| {
        matches!(
            failure,
            Failure::Malformed(Malformed::HeadTooLong | Malformed::TooManyHeaders)
        )
    };
    assert!(
        failures.iter().all(|(failure, _)| limit(failure)),
        "{failures:?}"
    );
    assert!(end.counts.failed >= 20);
}
