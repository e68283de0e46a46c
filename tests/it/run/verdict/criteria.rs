//! Criteria of runs against the lab: met, broken, undecided, and the end of a run.

use std::sync::Arc;
use std::time::Duration;

use swarmdeck::format::{EventLine, event_lines};
use swarmdeck::lab::LabConfig;
use swarmdeck::run::{EventKind, Level, Snapshot};
use swarmdeck::verdict::{Judgement, Standing, Verdict};

use crate::support::{Bench, assert_conserved, lab};

/// A scenario of ten users that ask for health, and once a user for nothing
/// that there is.
fn scenario(criteria: &str) -> String {
    format!(
        "criteria: {criteria}
load: {{users: 10, spawn_rate: 1000}}
user_classes:
  U:
    wait: 20ms
    on_start:
      - {{get: /nowhere/, expect: {{status: 404}}}}
    tasks:
      health: {{tags: [read], steps: [{{get: /api/v1/health/}}]}}
      wrong: {{tags: [wrong], steps: [{{get: /api/v1/health/, name: wrong, expect: {{status: 418}}}}]}}
"
    )
}

fn judged(snapshot: &Snapshot) -> &Judgement {
    snapshot.judgement.as_deref().expect("a judgement")
}

fn standings(snapshot: &Snapshot) -> Vec<Standing> {
    let lines = judged(snapshot).criteria.iter();
    lines.map(|line| line.standing).collect()
}

fn events(bench: &Bench, kind: EventKind) -> Vec<EventLine> {
    let (events, _) = event_lines(&bench.runs.log(), 0);
    events
        .into_iter()
        .filter(|event| event.kind == kind)
        .collect()
}

#[tokio::test]
async fn what_is_asked_for_is_met() {
    let lab = lab(LabConfig::default());
    let text = scenario(
        "
  - requests >= 50
  - rps of tag:read > 0 in 50% of seconds
  - p50 of \"GET /api/v1/health/\" < 5s
  - success of task:health == 100%
  - failures of tag:wrong > 0
  - requests of status:404 == 10
  - requests of \"/nowhere/\" <= 10
  - rps >= 1 sustained 1s
  - users.failed == 0",
    );
    let mut bench = Bench::new(&text, &lab.url());
    bench.start(10, 1000.0).await;
    bench
        .until("two seconds", |s: &Arc<Snapshot>| s.elapsed_s > 3.0)
        .await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(
        standings(&end),
        [Standing::Met; 9],
        "{:#?}",
        judged(&end).criteria
    );
    assert_eq!(judged(&end).verdict, Verdict::Pass);
    assert_eq!(judged(&end).reason, "all 9 criteria met");
    let figure = |at: usize| judged(&end).criteria[at].value;
    let row = |name: &str| {
        let mut rows = end.tables.requests.iter();
        rows.find(|row| &*row.name == name).map(|row| row.failures)
    };
    #[expect(clippy::cast_precision_loss, reason = "a few requests")]
    let failed = row("wrong").map(|failed| failed as f64);
    assert_eq!(figure(4), failed, "criteria count what the tables count");
    let said = events(&bench, EventKind::Stopped).remove(0);
    assert_eq!(said.level, Level::Info);
    assert_eq!(said.text, "stopped: by the test. PASS: all 9 criteria met");
    assert_eq!(events(&bench, EventKind::Criterion), []);
}

#[tokio::test]
async fn what_is_missed_breaks_and_what_is_too_little_is_undecided() {
    let lab = lab(LabConfig::default());
    let text = scenario("[p99.99 < 10s, rps >= 1000000, success of task:wrong > 0%]");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start(10, 1000.0).await;
    let live = bench
        .until("a judgement", |s: &Arc<Snapshot>| s.elapsed_s > 2.0)
        .await;
    let expected = [Standing::Undecided, Standing::AtRisk, Standing::AtRisk];
    assert_eq!(standings(&live), expected, "{:#?}", judged(&live).criteria);
    let end = bench.stop().await;
    let expected = [Standing::Undecided, Standing::Broken, Standing::Broken];
    assert_eq!(standings(&end), expected);
    assert_eq!(judged(&end).verdict, Verdict::Fail);
    let note = judged(&end).criteria[0].note.as_deref().unwrap_or_default();
    assert!(
        note.contains(" of 100,000 samples: run for about "),
        "{note}"
    );
    let broken = events(&bench, EventKind::Criterion);
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(
        broken[0]
            .text
            .starts_with("criterion failed: rps >= 1000000 ("),
        "{broken:?}"
    );
    let said = events(&bench, EventKind::Stopped).remove(0);
    assert_eq!(said.level, Level::Error);
    let expected = "FAIL: 2 of 3 criteria not met: rps >= 1000000 (";
    assert!(said.text.contains(expected), "{said:?}");
    assert!(said.text.contains("), success of task:wrong"), "{said:?}");
}

#[tokio::test]
async fn too_few_samples_alone_are_undecided() {
    let lab = lab(LabConfig::default());
    let text = scenario("[p99.99 < 10s, requests >= 1]");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start(2, 100.0).await;
    bench.until_requests(10).await;
    let end = bench.stop().await;
    assert_eq!(
        judged(&end).verdict,
        Verdict::Undecided,
        "{:#?}",
        judged(&end)
    );
}

#[tokio::test]
async fn a_broken_criterion_with_abort_ends_the_run() {
    let lab = lab(LabConfig::default());
    let text = scenario("[success of tag:wrong >= 90% every 2s abort]");
    let mut bench = Bench::new(&text, &lab.url());
    bench.spec.run_time = Some(Duration::from_secs(60));
    bench.start(10, 1000.0).await;
    let ended = |s: &Arc<Snapshot>| !s.state.is_active();
    let end = bench.until("the end", ended).await;
    assert!(end.elapsed_s < 20.0, "{} s", end.elapsed_s);
    assert_eq!(judged(&end).verdict, Verdict::Fail);
    let stopping = events(&bench, EventKind::Stopping).remove(0);
    assert_eq!(
        stopping.text,
        "stopping: criterion failed: success of tag:wrong >= 90% every 2s abort"
    );
    assert_conserved(&end);
}

#[tokio::test]
async fn a_reset_begins_anew() {
    let lab = lab(LabConfig::default());
    let text =
        scenario("[failures of status:404 == 0, requests of \"/nowhere/\" == 0, requests >= 1]");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start(10, 1000.0).await;
    let is_broken = |s: &Arc<Snapshot>| {
        let judgement = s.judgement.as_deref();
        judgement.is_some_and(|j| j.criteria[1].standing == Standing::Broken)
    };
    bench.until("it breaks", is_broken).await;
    bench
        .runs
        .reset(swarmdeck::run::Author::new("a test"))
        .await
        .expect("resets");
    let is_met = |s: &Arc<Snapshot>| {
        let judgement = s.judgement.as_deref();
        judgement.is_some_and(|j| j.criteria[1].standing == Standing::Met)
    };
    bench.until("it holds again", is_met).await;
    let end = bench.stop().await;
    assert_eq!(
        standings(&end),
        [Standing::Met; 3],
        "{:#?}",
        judged(&end).criteria
    );
    let said: Vec<_> = events(&bench, EventKind::Criterion)
        .into_iter()
        .map(|one| one.level)
        .collect();
    assert_eq!(said, [Level::Error, Level::Info]);
}
