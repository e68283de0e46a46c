//! YAML, size, and keys.

use super::{mistakes, step};
use crate::support::assert_snapshot;

#[test]
fn of_yaml() {
    let mut explodes = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
    for i in 1..10 {
        let last = format!("*a{},", i - 1).repeat(10);
        explodes = format!("{explodes}a{i}: &a{i} [{last}]\n");
    }
    let (open, close) = ("[".repeat(30), "]".repeat(30));
    let nests = format!("a: &a {open}{close}\nb: &b {open}*a{close}\nc: {open}*b{close}\n");
    let mut messages = mistakes(
        str::to_owned,
        &[
            "",
            "a: [1",
            "a: b: c",
            "- a",
            "name: a\nname: b\n",
            "name: a\n---\nname: b\n",
            "{host: {{ env.X }} }",
            "a: *b\n",
            "a: &b [*b]\n",
            "a: !x 1\n",
            &format!("a: {}", "[".repeat(200)),
            &explodes,
            &nests,
            &"#".repeat((1 << 20) + 1),
        ],
    );
    messages += &mistakes(step, &["json: {a: {{ token }}}", "{json: 1}"]);
    assert_snapshot("mistakes/yaml", &messages);
}

#[test]
fn of_keys() {
    let mut messages = mistakes(
        str::to_owned,
        &[
            "nmae: x\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
            "thresholds: []\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
            "name: x",
            "user_classes: {}",
            "user_classes: {U: {wait: 1s}}",
            "user_classes: {U: {tasks: {}}}",
            "user_classes: {U: {tasks: {t: }}}",
            "user_classes: {U: {tasks: {t: []}}}",
            "user_classes: {a b: {tasks: {t: [{get: /}]}}}",
            "user_classes: {U: {tasks: {t: {weight: 2}}}}",
            "user_classes: {U: {tasks: {t: [{gett: /}]}}}",
            "user_classes: {U: {tasks: {t: [{name: x}]}}}",
        ],
    );
    messages += &mistakes(step, &["post: /y", "expect: {stauts: 200}"]);
    assert_snapshot("mistakes/keys", &messages);
}
