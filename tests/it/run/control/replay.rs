//! What an operator did, played again from a file.

use std::time::Duration;

use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Behaviour, Burst, Change, Edit, TimelineEntry};
use swarmdeck::scenario::ScenarioExport;

use super::edits::{TWO_CLASSES, later};
use crate::support::{Bench, assert_conserved, lab};

/// What a run had planned in each of its seconds.
fn planned(bench: &Bench) -> Vec<(u64, u64)> {
    let rows = bench.runs.log().rows();
    rows.iter()
        .map(|row| (row.end_s, row.planned_users))
        .collect()
}

/// Both runs had the same planned, in every second that can be compared.
fn assert_same_seconds(before: &[(u64, u64)], after: &[(u64, u64)], played: &[TimelineEntry]) {
    // A second that ends as something is changed has been closed before or after that.
    let is_torn = |end_s: u64| {
        let end = Duration::from_secs(end_s);
        played.iter().any(|entry| entry.at == end)
    };
    let both = before.iter().zip(after);
    let whole: Vec<_> = both
        .filter(|((end_s, _), _)| !is_torn(*end_s))
        .take(8)
        .collect();
    assert!(whole.len() >= 4, "{before:?} {after:?}");
    for (was, is) in whole {
        assert_eq!(was, is, "{played:#?}");
    }
}

#[tokio::test]
async fn what_was_played_is_played_again() {
    let lab = lab(LabConfig::default());
    let url = lab.url();
    let mut bench = Bench::new(TWO_CLASSES, &url);
    bench.start(10, 20.0).await;
    later(&bench, 0.8).await;
    let burst = Burst {
        factor: 3.0,
        rise: Duration::from_millis(700),
        hold: Duration::from_millis(900),
    };
    bench.change(Change::Burst(burst)).await.expect("a burst");
    later(&bench, 0.4).await;
    // Renewed, as one that is held.
    bench.change(Change::Burst(burst)).await.expect("a renewal");
    later(&bench, 2.5).await;
    let spawn_rate = Some(7.0);
    let users = Some(21.0);
    let edit = Edit {
        users,
        spawn_rate,
        rate: None,
    };
    bench.change(Change::Load(edit)).await.expect("an edit");
    later(&bench, 1.1).await;
    bench.change(Change::Pause).await.expect("pauses");
    later(&bench, 0.5).await;
    bench.change(Change::Resume).await.expect("goes on");
    later(&bench, 0.7).await;
    bench.change(Change::Undo).await.expect("the edit");
    let name = "GET rare".to_owned();
    let off = Behaviour::Request {
        name,
        is_sent: false,
    };
    bench.change(Change::Behaviour(off)).await.expect("skipped");
    later(&bench, 1.5).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let before = planned(&bench);
    let played = bench.runs.played_timeline().await.expect("a run");
    assert_eq!(played.len(), 7, "{played:#?}");

    let text = format!("name: again\nload: {{users: 10, spawn_rate: 20}}\n{TWO_CLASSES}");
    let saved = ScenarioExport::new(&text, &played).expect("in lines");
    let mut again = Bench::new(&saved.text, &url);
    again.start(10, 20.0).await;
    let ended = again.until_stopped().await;
    assert_conserved(&ended);
    let after = planned(&again);
    assert_same_seconds(&before, &after, &played);
    // To the millisecond, and from then on as long as the first.
    assert_eq!(again.runs.played_timeline().await.expect("a run"), played);
    let (events, _) = again.runs.log().events_after(0);
    let by: Vec<_> = events.into_iter().filter_map(|event| event.by).collect();
    assert_eq!(by.len(), 7, "{by:?}");
    // And once more: its own timeline is not added to another.
    let once_more = ScenarioExport::new(&saved.text, &played).expect("in lines");
    assert_eq!(once_more.text, saved.text);
}
