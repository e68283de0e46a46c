//! What a scenario plans to be changed while it runs.

use std::time::Duration;

use swarmdeck::model::{Change, Edit};
use swarmdeck::scenario::parse_change;

use super::mistakes::assert_mistakes;
use super::try_load;

fn with(entry: &str) -> String {
    format!(
        "host: http://localhost:8000\ntimeline:\n  - {entry}\nuser_classes:\n  U: {{tasks: {{read: [{{get: /}}]}}}}\n  F: {{count: 2, tasks: {{read: [{{get: /}}]}}}}\n"
    )
}

#[test]
fn entries_are_sorted_and_of_whole_milliseconds() {
    let text = with("{at: 2s, users: 0}\n  - {at: 0.0014s, spawn_rate: 5}");
    let timeline = try_load(&text).expect("sound").scenario.timeline;
    let at: Vec<_> = timeline.iter().map(|entry| entry.at).collect();
    assert_eq!(at, [1, 2_000].map(Duration::from_millis));
}

#[test]
fn mistakes_name_place_and_cure() {
    assert_mistakes(
        "timeline",
        with,
        &[
            "{users: 5}",
            "{at: 1s}",
            "{at: 1s, users: 5, burst: {factor: 2}}",
            "{at: 1s, user: 5}",
            "{at: 1s, users: -1}",
            "{at: 1s, burst: {factor: 1}}",
            "{at: 1s, burst: {factor: 2, hold: 2h}}",
            "{at: 1s, class: U}",
            "{at: 1s, class: X, weight: 1}",
            "{at: 1s, class: F, weight: 1}",
            "{at: 1s, class: U, task: reed, weight: 1}",
            "{at: 1s, request: GET /x, do: skip}",
            "{at: 1s, request: GET /}",
            "{at: 1s, do: dance}",
            "{at: 1s, run_time: 0s}",
        ],
    );
}

#[test]
fn a_change_is_worded_for_the_api_as_in_a_file() {
    let edit = Edit {
        users: Some(5.0),
        ..Edit::default()
    };
    assert_eq!(parse_change("{\"users\": 5}"), Ok(Change::Load(edit)));
    assert_eq!(parse_change("{\"do\": \"pause\"}"), Ok(Change::Pause));
    for wrong in [
        "",
        "5",
        "{",
        "{\"at\": 1, \"users\": 5}",
        "{\"users\": \"many\"}",
    ] {
        assert!(parse_change(wrong).is_err(), "{wrong}");
    }
}
