//! `load` at the top and of classes.

use super::{class, mistakes, with};
use crate::support::assert_snapshot;

#[test]
fn of_load() {
    let mut messages = mistakes(
        |load| with(&format!("    tasks: {{t: [{{get: /}}]}}\nload: {load}")),
        &[
            "{users: 5, rate: 2/s}",
            "{users: 5, stages: [{over: 1s, users: 2}]}",
            "{spawn_rate: 5, stages: [{over: 1s, users: 2}]}",
            "{stages: []}",
            "{stages: [{over: 1s}]}",
            "{stages: [{over: 1s, rate: 2}, {over: 1s, users: 2}]}",
            "{stages: [{over: soon, users: 2}]}",
            "{users: {sine: {from: 1, to: 5, period: 1m}}}",
            "{users: {sinus: {}}, run_time: 5m}",
            "{users: {saw: {from: 1, to: 5}}, run_time: 5m}",
            "{rate: -1}",
            "{max_users: 5}",
            "{rate: 5/s, arrivals: random}",
            "{rate: 5/s, stages: [{over: 1s, rate: 2}]}",
            "{iterations: 0}",
        ],
    );
    messages += &mistakes(class, &["load: {rate: 5/s, run_time: 5m}"]);
    assert_snapshot("mistakes/load", &messages);
}
