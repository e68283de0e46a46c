//! Values at the top of a file, and of classes.

use super::{class, mistakes};
use crate::support::assert_snapshot;

#[test]
fn of_values() {
    let mut messages = mistakes(
        |line| format!("{line}\nuser_classes: {{U: {{tasks: {{t: [{{get: /}}]}}}}}}"),
        &[
            "load: {users: many}",
            "load: {users: '5'}",
            "load: {users: 0}",
            "load: {spawn_rate: -1}",
            "load: {run_time: 5 minutes}",
            "load: {run_time: 0}",
            "host: localhost:8000",
            "host: 'http://{{ x }}'",
        ],
    );
    messages += &mistakes(
        class,
        &[
            "weight: 0",
            "wait: soon",
            "wait: {beetween: [1, 2]}",
            "wait: {between: [2, 1]}",
            "wait: {between: 2}",
            "wait: {throughput: 0/s}",
            "wait: {}",
            "headers: [a]",
            "headers: {\"a b\": c}",
            "headers: {Content-Length: 3}",
            "headers: {A: \"b\\nc\"}",
        ],
    );
    assert_snapshot("mistakes/values", &messages);
}
