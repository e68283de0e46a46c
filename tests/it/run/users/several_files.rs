//! Several scenario files in one run.

use std::path::Path;
use std::sync::Arc;

use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use swarmdeck::run::{EventKind, RunError, Snapshot};

use crate::support::{Bench, Folder, assert_conserved, lab};

/// A file of users who ask for the lab's health under a name ten times a second.
fn file(name: &str, extra: &str) -> String {
    format!(
        "{extra}\nuser_classes:\n  U:\n    wait: {{pacing: 100ms}}\n    tasks:\n      t: [{{get: /api/v1/health/, name: {name}}}]\n"
    )
}

fn bench(folder: &Folder, main: &str, host: &str) -> Bench {
    let path = folder.file("main.yaml", main);
    Bench::file(Path::new(&path), host)
}

fn requests(snapshot: &Snapshot, name: &str) -> u64 {
    let row = snapshot
        .tables
        .requests
        .iter()
        .find(|row| &*row.name == name);
    row.map_or(0, |row| row.requests)
}

/// Requests under each of two names in about two seconds from now.
async fn of_two_seconds(bench: &Bench) -> [u64; 2] {
    let names = ["many", "few"];
    let before = bench.runs.snapshot();
    let later = before.elapsed_s + 2.0;
    let after = bench.until("two seconds", |s| s.elapsed_s >= later).await;
    names.map(|name| requests(&after, name) - requests(&before, name))
}

fn assert_share([many, few]: [u64; 2], users: u64) {
    // Three quarters and a quarter of ten a second each; tables are made once a second.
    let all = many + few;
    assert!(
        (users * 3..=users * 34).contains(&all),
        "{all} of {users} users"
    );
    let share = many as f64 / all as f64;
    assert!((0.65..=0.85).contains(&share), "{many} and {few}");
}

#[tokio::test]
async fn users_are_dealt_out_by_share_and_an_edit_reaches_all_files() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("many.yaml", &file("many", ""));
    folder.file("few.yaml", &file("few", ""));
    let main = "load: {users: 20, spawn_rate: 1000}\nscenarios: [{file: many.yaml, share: 3}, {file: few.yaml}]\n";
    let mut bench = bench(&folder, main, &lab.url());
    bench.start_as_planned().await;
    bench.until_users(20).await;
    assert_share(of_two_seconds(&bench).await, 20);
    bench.edit_users(60).await;
    bench.until_users(60).await;
    assert_share(of_two_seconds(&bench).await, 60);
    bench.edit_users(4).await;
    let few = bench.until_users(4).await;
    assert_eq!(few.planned_users, 4);
    let last = bench.stop().await;
    assert_conserved(&last);
    assert_eq!(last.load.users, 4);
}

#[tokio::test]
async fn a_file_begins_later_and_an_edit_before_that_holds_for_it() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("many.yaml", &file("many", ""));
    folder.file("few.yaml", &file("few", ""));
    let main = "load: {users: 8, spawn_rate: 1000, run_time: 4s}\nscenarios: [{file: many.yaml, share: 3}, {file: few.yaml, start: 2s}]\n";
    let mut bench = bench(&folder, main, &lab.url());
    bench.start_as_planned().await;
    bench.until_users(6).await;
    bench.edit_users(12).await;
    let nine = bench.until_users(9).await;
    assert!(nine.elapsed_s < 2.0, "{}", nine.elapsed_s);
    assert_eq!(nine.state, RunState::Spawning, "not all have been started");
    let twelve = bench.until_users(12).await;
    assert!(twelve.elapsed_s >= 2.0, "{}", twelve.elapsed_s);
    let last = bench.until_stopped().await;
    assert_conserved(&last);
    // 3 users for 2 s of the run's 4 beside 9 for all of it: a seventh, where a quarter would have begun with it.
    let [many, few] = ["many", "few"].map(|name| requests(&last, name));
    let share = few as f64 / (many + few) as f64;
    assert!((0.05..0.2).contains(&share), "{many} and {few}");
}

#[tokio::test]
async fn what_files_plan_goes_beside_what_is_steered() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("many.yaml", &file("many", ""));
    folder.file(
        "few.yaml",
        &file("few", "load: {users: 5, spawn_rate: 1000}"),
    );
    let main = "load: {users: 2, spawn_rate: 1000}\nscenarios: [{file: many.yaml}, {file: few.yaml, load: own, start: 1s}]\n";
    let mut bench = bench(&folder, main, &lab.url());
    bench.start_as_planned().await;
    // What is planned for later is not waited for.
    let running = |s: &Arc<Snapshot>| s.state == RunState::Running;
    let running = bench.until("running", running).await;
    assert!(running.elapsed_s < 1.0, "{}", running.elapsed_s);
    bench.until_users(7).await;
    bench.edit_users(3).await;
    bench.until_users(8).await;
    assert_eq!(bench.runs.snapshot().planned_users, 8);
    let last = bench.stop().await;
    assert_conserved(&last);
}

#[tokio::test]
async fn each_file_prepares_with_its_own_headers() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    for (user, file) in [("loadtest_user", "one"), ("publisher_user", "two")] {
        let text = format!(
            "headers: {{Authorization: 'Bearer {{{{ {file}_token }}}}'}}
setup:
  - post: /api/v1/auth/login/
    json: {{username: {user}, password: test123}}
    capture: {{{file}_token: {{json: $.token}}}}
  - get: /api/v1/deployments/
teardown: [{{get: /api/v1/deployments/}}]
user_classes:
  U: {{wait: 50ms, tasks: {{t: [{{get: /api/v1/deployments/, name: {file}}}]}}}}
"
        );
        folder.file(&format!("{file}.yaml"), &text);
    }
    let main =
        "load: {users: 4, spawn_rate: 1000}\nscenarios: [{file: one.yaml}, {file: two.yaml}]\n";
    let mut bench = bench(&folder, main, &lab.url());
    bench.start_as_planned().await;
    bench.until_requests(20).await;
    let last = bench.stop().await;
    assert_conserved(&last);
    assert_eq!(last.counts.failed, 0, "each has its token");
    assert!(requests(&last, "one") > 5 && requests(&last, "two") > 5);
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let setup = events.iter().filter(|event| event.kind == EventKind::Setup);
    let texts: Vec<_> = setup.map(|event| event.text.clone()).collect();
    assert!(
        texts.iter().any(|text| text == "teardown done"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn a_part_that_cannot_be_started_is_named() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("many.yaml", &file("many", ""));
    let fixed = file("few", "").replace("    wait", "    count: 3\n    wait");
    folder.file("few.yaml", &fixed);
    let main = "scenarios: [{file: many.yaml, share: 3}, {file: few.yaml}]\n";
    let mut bench = bench(&folder, main, &lab.url());
    let refused = bench.try_start(40, 1000.0).await.expect_err("too many");
    assert!(matches!(
        refused,
        RunError::CapacityOfPart {
            part: 10,
            capacity: 3,
            ..
        }
    ));
    let said = refused.to_string();
    assert!(
        said.contains(
            "U-few: fixed counts only (3 users in total): cannot start 10 users (1/4 of 40)"
        ),
        "{said}"
    );
    bench.start(12, 1000.0).await;
    bench.until_users(12).await;
    let edit = swarmdeck::model::Edit {
        users: Some(16.0),
        spawn_rate: None,
        rate: None,
    };
    assert!(
        bench
            .runs
            .change(
                swarmdeck::model::Change::Load(edit),
                swarmdeck::run::Author::new("a test")
            )
            .await
            .is_err()
    );
    assert_eq!(bench.runs.snapshot().load.users, 12, "nothing was changed");
    bench.runs.stop("by the test").await.expect("stops");
}
