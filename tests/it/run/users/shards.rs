//! What is split over shards comes out the same on any number of them: rows in
//! their order, numbers of a sequence, what users make up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use swarmdeck::client::Clock;
use swarmdeck::engine::{Swarm, SwarmSetup};
use swarmdeck::format::event_lines;
use swarmdeck::model::RunState;
use swarmdeck::run::{EventKind, Snapshot, spawn};

use crate::run::swarm;
use crate::support::{Bench, assert_conserved, serve_app, soon};

/// Numbers of shards: one, as many as users or rows, more, and some that do not
/// divide 960.
const SHARDS: [usize; 4] = [1, 2, 3, 7];

/// The paths that were asked for, in order of their coming.
type Asked = Arc<Mutex<Vec<String>>>;

fn all_of(asked: &Asked) -> Vec<String> {
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut asked)
}

async fn note(State(asked): State<Asked>, Path(path): Path<String>) {
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    asked.push(path);
}

/// A target that notes what it is asked for.
async fn noting(asked: &Asked) -> String {
    let app = Router::new().route("/{*path}", axum::routing::get(note));
    serve_app(app.with_state(Arc::clone(asked))).await
}

/// Rows `{v: 0}`, `{v: 1}`, ...
fn rows(count: usize) -> String {
    let rows: Vec<_> = (0..count).map(|row| format!("{{v: {row}}}")).collect();
    format!("rows: [{}]", rows.join(", "))
}

/// Runs a scenario to its end and gives what was asked for, and the final figures.
async fn run(text: &str, shards: usize, users: u32) -> (Vec<String>, Arc<Snapshot>) {
    let asked = Asked::default();
    let mut bench = Bench::new(text, &noting(&asked).await);
    bench.runs = spawn(Clock::start(), shards);
    bench.start(users, 1_000.0).await;
    let is_over = |s: &Arc<Snapshot>| {
        let none_left = s.counts.users_ended == s.counts.users_started;
        s.state == RunState::Stopped || s.counts.users_started == u64::from(users) && none_left
    };
    bench.until("the end", is_over).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    (all_of(&asked), end)
}

#[tokio::test]
async fn one_user_gets_every_row_in_turn() {
    for shards in SHARDS {
        for (rules, expected) in [
            ("rows: [{v: a}, {v: b}]", "ababab"),
            ("rows: [{v: a}, {v: b}], pick: unique", "ababab"),
            (
                "rows: [{v: a}, {v: b}], pick: unique, at_end: stop",
                "ababab",
            ),
            (
                "rows: [{v: a}, {v: b}, {v: c}, {v: d}], at_end: stop",
                "abcd",
            ),
        ] {
            let text = format!(
                "load: {{iterations: 6}}\ndata: {{d: {{{rules}, per: task}}}}\nuser_classes:\n  U:\n    \
                 tasks: {{t: [{{get: '/{{{{ d.v }}}}'}}]}}\n"
            );
            let (asked, _) = run(&text, shards, 1).await;
            assert_eq!(asked.concat(), expected, "{rules} on {shards} shards");
        }
    }
}

#[tokio::test]
async fn every_row_is_used_as_often_as_any_other() {
    for shards in SHARDS {
        for (rules, per_row) in [("per: task", 6), ("per: task, at_end: stop", 1)] {
            let text = format!(
                "load: {{iterations: 60}}\ndata: {{d: {{{}, {rules}}}}}\nuser_classes:\n  U:\n    \
                 wait: 1ms\n    tasks: {{t: [{{get: '/{{{{ d.v }}}}'}}]}}\n",
                rows(10)
            );
            let (asked, _) = run(&text, shards, 4).await;
            let mut uses = BTreeMap::new();
            for row in asked {
                *uses.entry(row).or_insert(0) += 1;
            }
            assert_eq!(uses.len(), 10, "{rules} on {shards} shards: {uses:?}");
            assert!(uses.values().all(|&uses| uses == per_row), "{uses:?}");
        }
    }
}

#[tokio::test]
async fn a_sequence_has_no_gap() {
    let text = "load: {iterations: 40}\nuser_classes:\n  U:\n    \
                tasks: {t: [{get: '/{{ sequence() }}'}]}\n";
    for shards in SHARDS {
        let (asked, _) = run(text, shards, 1).await;
        let expected: Vec<_> = (1..=40).map(|number| number.to_string()).collect();
        assert_eq!(
            asked, expected,
            "{shards} shards: one user has all, in order"
        );
        let (asked, _) = run(text, shards, 5).await;
        let mut found: Vec<u32> = asked.iter().filter_map(|one| one.parse().ok()).collect();
        found.sort_unstable();
        assert_eq!(found, (1..=40).collect::<Vec<_>>(), "{shards} shards");
    }
}

#[tokio::test]
async fn users_without_a_row_are_told_and_not_claimed() {
    let text = format!(
        "data: {{d: {{{}, pick: unique, at_end: stop}}}}\nuser_classes:\n  U:\n    \
         wait: 1ms\n    tasks: {{t: [{{get: '/{{{{ d.v }}}}'}}]}}\n",
        rows(6)
    );
    for shards in SHARDS {
        let asked = Asked::default();
        let mut bench = Bench::new(&text, &noting(&asked).await);
        bench.runs = spawn(Clock::start(), shards);
        bench.start(10, 1_000.0).await;
        let running = bench
            .until("all that find a row", |s| {
                s.users == 6 && s.counts.succeeded > 60 && !s.spawned.is_empty()
            })
            .await;
        let spawned: u32 = running.spawned.iter().map(|(_, users)| users).sum();
        assert_eq!(spawned, 6, "{shards} shards");
        let end = bench.stop().await;
        assert_conserved(&end);
        let used: BTreeSet<_> = all_of(&asked).into_iter().collect();
        assert_eq!(used.len(), 6, "every row, {shards} shards: {used:?}");
        let counts = &end.counts;
        assert_eq!((counts.users_started, counts.users_without_row), (10, 4));
        let (events, _) = event_lines(&bench.runs.log(), 0);
        let told = |kind| events.iter().rfind(|event| event.kind == kind);
        let told = |kind| told(kind).map(|event| event.text.as_str());
        assert_eq!(told(EventKind::Spawned), Some("6 of 10 users running"));
        let words = "4 users ended before their first task: no row left in data \"d\" (6 rows); \
            add rows or use fewer users";
        assert_eq!(told(EventKind::Remark), Some(words));
        let judgement = end.judgement.as_deref().expect("judged");
        assert!(judgement.remarks.iter().any(|remark| remark.text == words));
    }
}

/// Nor are users that came when all iterations were taken.
#[tokio::test]
async fn users_without_an_iteration_are_not_claimed() {
    let text = "load: {iterations: 3}\nuser_classes:\n  U:\n    \
                tasks: {t: [{get: /x}, {think: 600ms}]}\n";
    let asked = Asked::default();
    let mut bench = Bench::new(text, &noting(&asked).await);
    bench.start(8, 1_000.0).await;
    let spawned = |s: &Arc<Snapshot>| !s.spawned.is_empty();
    let snapshot = bench.until("all are started", spawned).await;
    assert_eq!(snapshot.spawned[0].1, 3);
    let end = bench.stop().await;
    assert_eq!(end.counts.users_without_row, 0);
    assert_eq!(end.counts.users_started, 8);
}

/// The first three numbers that each of six users makes up.
async fn made_up(shards: usize) -> BTreeMap<String, Vec<String>> {
    const TEXT: &str = "user_classes:\n  U:\n    wait: 1ms\n    \
                        tasks: {t: [{get: '/{{ user.number }}/{{ int(1, 1000000000) }}'}]}\n";
    let asked = Asked::default();
    let host = noting(&asked).await;
    let address = host
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    let setup = swarm::setup(TEXT, address, swarm::soon(6), || None).expect("sound");
    let mut swarm = Swarm::start(&SwarmSetup { shards, ..setup }).expect("threads");
    let mut of_user: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while of_user.len() < 6 || of_user.values().any(|drawn| drawn.len() < 3) {
        let report = soon("a report", swarm.report()).await.expect("goes on");
        swarm.recycle(report);
        for path in all_of(&asked) {
            let (user, drawn) = path.split_once('/').expect("two parts");
            of_user
                .entry(user.to_owned())
                .or_default()
                .push(drawn.to_owned());
        }
    }
    swarm.stop(u64::MAX, 1_000_000).await;
    while soon("the end", swarm.report()).await.is_some() {}
    assert_eq!(swarm.join(), Vec::<String>::new());
    of_user.values_mut().for_each(|drawn| drawn.truncate(3));
    of_user
}

#[tokio::test]
async fn users_make_up_the_same_on_any_number_of_shards() {
    let alone = made_up(1).await;
    let all: BTreeSet<_> = alone.values().flatten().collect();
    assert_eq!(all.len(), 18, "no two make up the same: {alone:?}");
    for shards in [2, 7] {
        assert_eq!(made_up(shards).await, alone, "{shards} shards");
    }
}
