//! Every fault of `benches/torture` once: what has to hold whatever happens is
//! kept. The numbers are random and their seed is fixed; another one is in
//! `SWARMDECK_TORTURE_SEED`.

use std::path::PathBuf;

use futures_util::{StreamExt, stream};

use crate::support::{Captured, Folder};

#[path = "../../benches/torture/rig/mod.rs"]
mod rig;

use rig::error::BenchError;
use rig::faults::{FAULTS, Fault, Group};
use rig::invariants::InvariantStatus;
use rig::run::{Context, run};

/// Runs at the same time; most of a run is waiting.
const JOBS: usize = 6;

async fn keeps_what_has_to_hold(group: Group) {
    let seed = std::env::var("SWARMDECK_TORTURE_SEED");
    let seed = seed.map_or(1, |text| text.parse().expect("a number"));
    let folder = Folder::new();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_swarmdeck"));
    let context = Context::new(program, PathBuf::from(folder.path()));
    let faults = FAULTS.iter().copied().flatten();
    let faults: Vec<&Fault> = faults.filter(|fault| fault.group == group).collect();
    let runs = stream::iter(&faults).map(async |fault| (fault, run(&context, fault, seed).await));
    let runs: Vec<_> = runs.buffer_unordered(JOBS).collect().await;
    let mut broken = Vec::new();
    for (fault, outcome) in runs {
        let outcome = match outcome {
            Err(BenchError::Lacks(_)) => continue,
            outcome => outcome.expect("a run"),
        };
        for (invariant, cell) in outcome.cells {
            if let InvariantStatus::Broken(why) = cell {
                let (id, words, what) = (fault.id, &outcome.words, fault.words);
                let invariant = invariant.heading();
                broken.push(format!("{id} ({what}): {invariant}: {why} ({words})"));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "{}, with the seed {seed}:\n{}",
        group.heading(),
        broken.join("\n")
    );
}

#[tokio::test]
async fn kills_and_signals() {
    keeps_what_has_to_hold(Group::Ends).await;
}

#[tokio::test]
async fn disks() {
    keeps_what_has_to_hold(Group::Disks).await;
}

#[tokio::test]
async fn viewers() {
    keeps_what_has_to_hold(Group::Viewers).await;
}

#[tokio::test]
async fn targets() {
    keeps_what_has_to_hold(Group::Targets).await;
}

#[tokio::test]
async fn limits() {
    keeps_what_has_to_hold(Group::Limits).await;
}

#[tokio::test]
async fn clocks() {
    keeps_what_has_to_hold(Group::Clocks).await;
}

#[tokio::test]
async fn several_at_once() {
    keeps_what_has_to_hold(Group::Mixed).await;
}

/// With little memory the system gives threads or not; either is said.
#[tokio::test]
async fn a_thread_that_cannot_be_had_is_no_panic() {
    let run = ["--headless", "-t", "100ms", "-u", "1"];
    let arguments = [&run[..], &["-H", "http://127.0.0.1:1"]].concat();
    for mb in (56_u64..160).step_by(6) {
        let line = format!("ulimit -v {}", mb << 10);
        let (code, _, stderr) = Captured::start_after(&line, &arguments).end().await;
        assert!(!stderr.contains("panicked"), "{mb} MB: {stderr}");
        assert_ne!(code, Some(101), "{mb} MB: {stderr}");
    }
}
