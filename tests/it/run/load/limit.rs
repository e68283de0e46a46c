//! Looking for the limit of a lab whose capacity is known.

use std::sync::Arc;
use std::time::Duration;

use swarmdeck::format::{EventLine, event_lines};
use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Change, Edit, FindLimit, LevelOutcome, LoadKind, SearchEnd, Workload};
use swarmdeck::run::{Author, EventKind, RunError, Snapshot};
use swarmdeck::verdict::{Capacity, SearchLine, Standing, Verdict};
use tokio::time::timeout;

use crate::support::{Bench, assert_conserved, lab};

/// A search ends within this time, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(180);

/// Users that log in and then ask for the list, one request after the other.
fn scenario(criteria: &str) -> String {
    format!(
        "criteria: {criteria}
load: {{users: 10, spawn_rate: 1000}}
user_classes:
  U:
    on_start:
      - post: /api/v1/auth/login/
        json: {{username: loadtest_user, password: test123}}
        capture: {{token: {{json: $.token}}}}
    headers: {{Authorization: 'Bearer {{{{ token }}}}'}}
    tasks:
      list: [{{get: '/api/v1/deployments/?limit=1'}}]
"
    )
}

fn faulty(fault: &str) -> LabConfig {
    LabConfig {
        faults: vec![fault.parse().expect("a fault")],
        ..LabConfig::default()
    }
}

fn find(start: u32, max: u32) -> FindLimit {
    FindLimit {
        of: LoadKind::Users,
        start,
        max,
        level_s: 2,
    }
}

/// Runs the search to its end.
async fn search(bench: &mut Bench, find: FindLimit) -> Arc<Snapshot> {
    bench.spec.find_limit = Some(find);
    let load = FindLimit::load(0, find.start, 1_000.0);
    match find.of {
        LoadKind::Users => Workload::steer(&mut bench.spec.workloads, load),
        LoadKind::Rate => {
            let first = f64::from(find.start);
            let planned = bench.spec.workloads.clone();
            Workload::set_rate(&mut bench.spec.workloads, &planned, first);
        }
    }
    bench.start_as_planned().await;
    let mut snapshots = bench.runs.snapshots();
    let ended = snapshots.wait_for(|s| !s.state.is_active());
    let ended = timeout(PATIENCE, ended).await.expect("it ends by itself");
    Arc::clone(&ended.expect("a controller"))
}

fn capacity(end: &Snapshot) -> &Capacity {
    end.capacity.as_deref().expect("a curve")
}

fn found(end: &Snapshot) -> &SearchLine {
    capacity(end).search.as_ref().expect("a search")
}

fn events(bench: &Bench, kind: EventKind) -> Vec<EventLine> {
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let events = events.into_iter();
    events.filter(|event| event.kind == kind).collect()
}

/// A pool of 80 connections that a request keeps for 400 ms does 200 requests a
/// second, and fewer where the machine that runs this test is busy. Of users who
/// ask one after the other `N` wait `N / rate` s for an answer, on average and
/// whatever else takes time (Little's law): at 200 requests a second 164 users
/// 820 ms, 20 ms from what the levels around them take. The latency only keeps
/// them from coming all at once. A level that the machine disturbs again and again
/// is not judged; those beside it decide.
#[tokio::test]
async fn the_limit_of_a_pool_is_found() {
    let lab = lab(LabConfig {
        latency: "0ms..200ms".parse().expect("a latency"),
        ..faulty("pool=80,400ms,10s")
    });
    let text = scenario("[success == 100%, mean < 820ms, rps >= 100, p50 < 2s every 60s]");
    let mut bench = Bench::new(&text, &lab.url());
    let end = search(
        &mut bench,
        FindLimit {
            level_s: 3,
            ..find(128, 1_000)
        },
    )
    .await;
    let search = found(&end);
    assert_eq!(search.end, Some(SearchEnd::Found), "{search:#?}");
    let limit = search.kept.expect("a limit");
    let broken = search.broken.expect("more users than that");
    assert!(broken > limit, "{search:#?}");
    // Both are close to each other, but for what could not be judged between them.
    let is_between = |load: &f64| (limit..broken).contains(load);
    if search.not_judged.iter().any(is_between) {
        assert!(search.text.contains("could not be judged"), "{search:#?}");
    } else {
        assert!(broken <= limit * 1.1, "{search:#?}");
    }
    let judgement = end.judgement.as_deref().expect("judged");
    assert_eq!(judgement.verdict, Verdict::Pass, "{judgement:#?}");
    assert_eq!(judgement.reason, search.text);
    let standings = judgement.criteria.iter().map(|line| line.standing);
    assert!(standings.clone().all(|standing| standing == Standing::Met));
    assert_eq!(standings.count(), 4);

    // Throughput does not grow with users; that is what the curve shows.
    let levels = &capacity(&end).levels;
    for level in levels {
        assert!(level.rps <= 230.0, "{level:?}");
        let mean_ms = level.load / level.rps * 1_000.0;
        let p95_ms = level.p95_us.map_or(0, |us| us / 1_000);
        assert!(p95_ms as f64 >= mean_ms * 0.9, "{level:?}");
        match level.outcome {
            Some(LevelOutcome::Kept) => assert!(mean_ms < 860.0, "{level:?}"),
            Some(LevelOutcome::NotJudged) => {}
            _ => {
                assert!(mean_ms >= 780.0, "{level:?}");
                assert!(level.why.contains("mean < 820ms"), "{level:?}");
            }
        }
    }
    let last = levels.last().expect("a level");
    assert_eq!(last.load, limit, "the answer was tried again");
    let mut said = events(&bench, EventKind::Level);
    said.retain(|event| !event.text.contains(": measured again, "));
    assert_eq!(said.len(), levels.len());
    assert!(
        said.last()
            .is_some_and(|event| event.text.starts_with("again "))
    );
    let result = &events(&bench, EventKind::Limit)[0];
    assert_eq!(result.text, search.text);
    assert_eq!(events(&bench, EventKind::Criterion), [], "levels say it");
    assert_conserved(&end);
}

/// Users who ask ten times a second each, and a lab that refuses what is
/// more than 200 a second: 20 users.
#[tokio::test]
async fn the_limit_of_a_rate_limiter_is_found_from_above() {
    let lab = lab(LabConfig {
        latency: "50ms".parse().expect("a latency"),
        ..faulty("rate-limit=200/s")
    });
    let text = scenario("[success >= 98%]")
        .replace("    on_start", "    wait: {pacing: 100ms}\n    on_start");
    let mut bench = Bench::new(&text, &lab.url());
    let end = search(&mut bench, find(30, 100)).await;
    let search = found(&end);
    assert_eq!(search.end, Some(SearchEnd::Found), "{:#?}", capacity(&end));
    let limit = search.kept.expect("a limit");
    assert!((19.0..=21.0).contains(&limit), "{:#?}", capacity(&end));
}

/// Task starts at a rate, and the same lab: whatever answers take.
#[tokio::test]
async fn the_limit_of_a_rate_is_found() {
    let lab = lab(LabConfig {
        latency: "300ms".parse().expect("a latency"),
        ..faulty("rate-limit=200/s")
    });
    let load = "load: {rate: 100/s, max_users: 500}";
    let text = scenario("[success >= 98%]").replace("load: {users: 10, spawn_rate: 1000}", load);
    let mut bench = Bench::new(&text, &lab.url());
    let rate = FindLimit {
        of: LoadKind::Rate,
        ..find(150, 1_000)
    };
    let end = search(&mut bench, rate).await;
    let search = found(&end);
    assert_eq!(search.end, Some(SearchEnd::Found), "{:#?}", capacity(&end));
    let limit = search.kept.expect("a limit");
    assert!((limit / 200.0 - 1.0).abs() <= 0.05, "{:#?}", capacity(&end));
    assert!(search.text.contains(" starts/s ("), "{search:?}");
}

#[tokio::test]
async fn a_search_that_ends_at_its_bounds_says_so() {
    let lab = lab(LabConfig {
        latency: "20ms".parse().expect("a latency"),
        ..LabConfig::default()
    });
    let mut bench = Bench::new(&scenario("[success >= 99%]"), &lab.url());
    let end = search(&mut bench, find(4, 5)).await;
    assert_eq!(found(&end).end, Some(SearchEnd::AtMaximum));
    let judgement = end.judgement.as_deref().expect("judged");
    assert_eq!(judgement.verdict, Verdict::Pass, "{judgement:#?}");
    let expected = "no limit up to 5 users, the highest level allowed";
    assert_eq!(judgement.reason, expected);

    let mut bench = Bench::new(&scenario("[p50 < 1ms]"), &lab.url());
    let end = search(&mut bench, find(2, 5)).await;
    assert_eq!(found(&end).end, Some(SearchEnd::NothingKept));
    let judgement = end.judgement.as_deref().expect("judged");
    assert_eq!(judgement.verdict, Verdict::Fail, "{judgement:#?}");
    let expected = "the criteria fail even at 1 user: p50 < 1ms (";
    assert!(judgement.reason.starts_with(expected), "{judgement:#?}");
}

#[tokio::test]
async fn a_search_steers_the_load_alone_and_can_be_stopped() {
    let lab = lab(LabConfig {
        latency: "20ms".parse().expect("a latency"),
        ..LabConfig::default()
    });
    let mut bench = Bench::new(&scenario("[]"), &lab.url());
    bench.spec.find_limit = Some(find(10, 1_000));
    bench.start_as_planned().await;
    let by = || Author::new("a test");
    let edit = Edit {
        users: Some(3.0),
        ..Edit::default()
    };
    for change in [Change::Load(edit), Change::Pause, Change::Undo] {
        let refused = bench.runs.change(change, by()).await;
        assert!(matches!(refused, Err(RunError::Searching)), "{refused:?}");
    }
    let remarks = events(&bench, EventKind::Remark);
    let is_said =
        |event: &EventLine| event.text.contains("three times") || event.text.contains("3 times");
    assert!(remarks.iter().any(is_said), "{remarks:?}");
    bench
        .until("a level", |s: &Arc<Snapshot>| {
            let capacity = s.capacity.as_deref();
            capacity.is_some_and(|capacity| !capacity.levels.is_empty())
        })
        .await;
    let end = bench.stop().await;
    let search = found(&end);
    assert_eq!(search.end, Some(SearchEnd::Stopped));
    assert_eq!(search.trying, None);
    assert_eq!(search.criteria[0], "success >= 99%");
    assert!(search.criteria[1].starts_with("p95 < "), "{search:?}");
    let judgement = end.judgement.as_deref().expect("judged");
    assert_eq!(judgement.verdict, Verdict::Undecided);
    assert!(judgement.reason.contains("by the test"), "{judgement:#?}");
    assert_conserved(&end);
}

#[tokio::test]
async fn levels_by_hand_make_a_curve() {
    let lab = lab(LabConfig {
        latency: "20ms".parse().expect("a latency"),
        ..LabConfig::default()
    });
    let text = scenario("[]");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start(2, 1_000.0).await;
    for users in [2_u32, 4, 6] {
        bench.edit_users(users).await;
        bench.until_users(u64::from(users)).await;
        let until_s = bench.runs.snapshot().elapsed_s + 6.5;
        bench.until("six seconds", |s| s.elapsed_s > until_s).await;
    }
    let end = bench.stop().await;
    let curve = capacity(&end);
    assert_eq!(curve.search, None);
    let loads: Vec<_> = curve.levels.iter().map(|level| level.load).collect();
    assert_eq!(loads, [2.0, 4.0, 6.0], "{curve:#?}");
    assert!(curve.levels.is_sorted_by_key(|level| level.rps));
}

/// Users that the data has no rows for are not there: the limit is below them.
#[tokio::test]
async fn a_level_with_too_few_rows_is_not_kept() {
    let lab = lab(LabConfig::default());
    let text = "criteria: [success > 50%]
load: {users: 2, spawn_rate: 1000}
data: {d: {rows: [{v: 1}, {v: 2}, {v: 3}], pick: unique, at_end: stop}}
user_classes:
  U:
    wait: 5ms
    tasks: {t: [{get: '/api/v1/health/?d={{ d.v }}'}]}
";
    let mut bench = Bench::new(text, &lab.url());
    let end = search(&mut bench, find(2, 4)).await;
    let levels = &capacity(&end).levels;
    let broken = levels.iter().find(|level| level.load > 3.5);
    let broken = broken.expect("more users than rows");
    assert_eq!(broken.outcome, Some(LevelOutcome::Broken), "{levels:?}");
    assert_eq!(broken.why, "no data rows left for 1 of 4 users");
}
