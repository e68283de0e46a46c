//! Pausing a run, letting it go on, ending it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Change, RunState};
use swarmdeck::run::{Author, RunError, Snapshot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::support::{Bench, PATIENCE, assert_conserved, eventually, lab, lab_stats};

/// Users who log in with a cookie and ask ten times a second each.
const PACED: &str = "    wait: {pacing: 100ms}
    on_start: [{get: /api/v1/health/, name: first}]
    tasks:
      ask: [{get: /api/v1/health/}]
    on_stop: [{get: /api/v1/health/, name: last}]";

fn requests(snapshot: &Snapshot, name: &str) -> u64 {
    let rows = snapshot.tables.requests.iter();
    rows.filter(|row| &*row.name == name)
        .map(|row| row.requests)
        .sum()
}

fn me() -> Author {
    Author::new("a test")
}

async fn change(bench: &Bench, change: Change, what: &str) {
    bench.runs.change(change, me()).await.expect(what);
}

/// A snapshot of figures that were counted after now.
async fn later(bench: &Bench, by_s: f64) -> Arc<Snapshot> {
    let at_s = bench.runs.snapshot().elapsed_s + by_s;
    bench.until("time", |s| s.elapsed_s >= at_s).await
}

#[tokio::test]
async fn a_paused_run_begins_nothing_and_keeps_its_users() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(PACED, &lab.url());
    bench.start(10, 1_000.0).await;
    bench.until_requests(50).await;
    change(&bench, Change::Pause, "pauses").await;
    change(&bench, Change::Pause, "again changes nothing").await;
    // What was under way has ended, and has been reported.
    let paused = later(&bench, 0.6).await;
    assert_eq!(paused.state, RunState::Paused);
    let received = lab_stats(&lab.url()).await.received;
    // Users come and go, and begin nothing.
    bench.edit_users(12).await;
    let still = bench.until_users(12).await;
    let still_later = later(&bench, 0.6).await;
    assert_eq!(still_later.state, RunState::Paused);
    assert_eq!(
        still_later.counts.tasks_started,
        paused.counts.tasks_started
    );
    assert_eq!(
        still.counts.requests_started,
        paused.counts.requests_started
    );
    assert_eq!(lab_stats(&lab.url()).await.received, received);

    change(&bench, Change::Resume, "goes on").await;
    let goes_on = |s: &Arc<Snapshot>| s.counts.tasks_started > paused.counts.tasks_started + 50;
    let on = bench.until("more", goes_on).await;
    assert_eq!(
        on.counts.connections_opened, 12,
        "the ten of before, and two"
    );
    assert_eq!(on.counts.tasks_missed, 0, "nothing was due meanwhile");
    let remarks = &on.judgement.as_ref().expect("judged").remarks;
    assert!(remarks.iter().any(|remark| remark.id == "run.paused"));
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(requests(&end, "last"), 12);
}

#[tokio::test]
async fn a_paused_run_can_be_stopped_and_ends_by_itself() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(PACED, &lab.url());
    bench.start(5, 1_000.0).await;
    bench.until_requests(10).await;
    change(&bench, Change::Pause, "pauses").await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(requests(&end, "last"), 5);

    bench.spec.run_time = Some(Duration::from_secs(1));
    bench.start(5, 1_000.0).await;
    bench.until_requests(5).await;
    change(&bench, Change::Pause, "pauses").await;
    let end = bench.until_stopped().await;
    assert_conserved(&end);
}

#[tokio::test]
async fn arrivals_of_a_pause_are_left_out() {
    let lab = lab(LabConfig::default());
    let text = "load: {rate: 100/s, max_users: 10}\nuser_classes: {U: {tasks: {ask: [{get: /api/v1/health/}]}}}\n";
    let mut bench = Bench::new(text, &lab.url());
    bench.start_as_planned().await;
    bench.until_requests(50).await;
    change(&bench, Change::Pause, "pauses").await;
    let paused = later(&bench, 0.6).await;
    assert_eq!(paused.planned_starts, Some(0.0));
    let still = later(&bench, 1.0).await;
    let scheduled = |s: &Snapshot| s.counts.arrivals_scheduled;
    assert_eq!(scheduled(&still), scheduled(&paused));
    change(&bench, Change::Resume, "goes on").await;
    let goes_on = |s: &Arc<Snapshot>| scheduled(s) > scheduled(&still) + 50;
    bench.until("more", goes_on).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.arrivals_dropped, 0);
}

#[tokio::test]
async fn what_cannot_be_held_says_why() {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::class(PACED, &lab.url());
    let refused = bench.runs.change(Change::Pause, me()).await;
    assert!(matches!(refused, Err(RunError::NotActive)), "{refused:?}");
    let refused = bench.runs.change(Change::Resume, me()).await;
    assert!(matches!(refused, Err(RunError::NotActive)), "{refused:?}");
    bench.runs.halt("by the test").await.expect("nothing to do");
    bench.start(1, 1.0).await;
    change(&bench, Change::Resume, "changes nothing").await;
    let end = bench.stop().await;
    assert_conserved(&end);

    let text = format!("health: {{get: /never/}}\nuser_classes:\n  U:\n{PACED}\n");
    let mut bench = Bench::new(&text, &lab.url());
    bench.start(1, 1.0).await;
    let refused = bench.runs.change(Change::Pause, me()).await;
    assert!(matches!(refused, Err(RunError::NotBegun)), "{refused:?}");
    bench.runs.halt("by the test").await.expect("halts");
    assert_eq!(bench.runs.snapshot().state, RunState::Stopped);
}

/// What a target's sockets have seen.
#[derive(Default)]
struct Seen {
    bytes: AtomicU64,
    open: AtomicU64,
}

/// Answers every request a little late, and counts what comes.
async fn counting_target() -> (String, Arc<Seen>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let seen = Arc::new(Seen::default());
    let shared = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let seen = Arc::clone(&shared);
            tokio::spawn(async move {
                seen.open.fetch_add(1, Ordering::Relaxed);
                serve(stream, &seen).await;
                seen.open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
    (format!("http://{address}"), seen)
}

async fn serve(mut stream: TcpStream, seen: &Seen) {
    let mut buffer = [0; 2048];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        seen.bytes.fetch_add(read as u64, Ordering::Relaxed);
        sleep(Duration::from_millis(20)).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        if stream.write_all(answer).await.is_err() {
            break;
        }
    }
}

#[tokio::test]
async fn after_a_halt_no_byte_is_sent() {
    let (url, seen) = counting_target().await;
    let text = "teardown: [{get: /torn-down/}]
user_classes:
  U:
    tasks:
      ask: [{get: /}]
    on_stop: [{get: /last/}]
";
    let mut bench = Bench::new(text, &url);
    bench.spec.stop_timeout = Duration::from_secs(60);
    bench.start(50, 10_000.0).await;
    bench.until_requests(200).await;
    // Also one that is being stopped already, and would wait.
    let stopping = bench.runs.clone();
    tokio::spawn(async move { stopping.stop("by the test").await });
    bench
        .until("stopping", |s| {
            s.state == RunState::Stopping || !s.state.is_active()
        })
        .await;
    bench.runs.halt("by the test").await.expect("halts");
    let end = bench.runs.snapshot();
    assert_conserved(&end);
    eventually("all are closed", PATIENCE, async || {
        seen.open.load(Ordering::Relaxed) == 0
    })
    .await;
    let bytes = seen.bytes.load(Ordering::Relaxed);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(seen.bytes.load(Ordering::Relaxed), bytes);
}

#[tokio::test]
async fn a_halt_leaves_last_words_out() {
    let (url, seen) = counting_target().await;
    let text = "teardown: [{get: /torn-down/}]
user_classes:
  U:
    tasks:
      ask: [{get: /, name: task}]
    on_stop: [{get: /, name: last}]
";
    let mut bench = Bench::new(text, &url);
    bench.start(20, 10_000.0).await;
    bench.until_requests(100).await;
    bench.runs.halt("by the test").await.expect("halts");
    let end = bench.runs.snapshot();
    assert_conserved(&end);
    assert_eq!(requests(&end, "last"), 0);
    assert!(end.counts.cut_off > 0, "{:?}", end.counts);
    let (events, _) = event_lines(&bench.runs.log(), 0);
    assert!(
        events
            .iter()
            .any(|event| event.text == "stopping: killed by the test")
    );
    assert!(!events.iter().any(|event| event.text.contains("teardown")));
    eventually("all are closed", PATIENCE, async || {
        seen.open.load(Ordering::Relaxed) == 0
    })
    .await;
}
