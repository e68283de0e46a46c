//! Mistakes in steps that are not requests, in blocks, and in the order of tasks.

use super::{assert_mistakes, class, mistakes, with};
use crate::scenario::try_load;
use crate::support::assert_snapshot;

/// A task of these steps, in line 7.
fn flow(steps: &str) -> String {
    with(&format!("    tasks: {{t: {steps}}}"))
}

#[test]
fn of_steps_that_are_not_requests() {
    let mut messages = mistakes(
        flow,
        &[
            "[{thnik: 1s}]",
            "[{think: soon}]",
            "[{think: {pacing: 1s}}]",
            "[{think: {}}]",
            "[{set: {1x: 2}}]",
            "[{set: {x: '{{ y }}'}}]",
            "[{set: 3}]",
            "[{if: token is defined}]",
            "[{if: token, thne: []}]",
            "[{if: token >, then: [{get: /}]}]",
        ],
    );
    messages += &mistakes(
        flow,
        &[
            "[{repeat: 0, steps: [{get: /}]}]",
            "[{repeat: 2}]",
            "[{repeat: {max: 2}, steps: [{get: /}]}]",
            "[{repeat: {each: x}, steps: [{get: /}]}]",
            "[{choose: []}]",
            "[{choose: [{weight: 0, steps: [{get: /}]}]}]",
            "[{choose: [{weight: 2}]}]",
        ],
    );
    messages += &mistakes(
        flow,
        &[
            "[{poll: {every: 1s}, steps: [{get: /}]}]",
            "[{parallel: []}]",
            "[{parallel: [{think: 1s}]}]",
            "[{stop_user: false}]",
            "[{fail: '{{ token }}'}]",
            "[{group: '{{ token }}', steps: [{get: /}]}]",
            "[{repeat: 2, steps: []}]",
            "[{fail: ''}]",
            "[{get: /, think: 1s}]",
            "[{repeat: '{{ token }} times', steps: [{get: /}]}]",
            "[{poll: {until: '{{ token }}'}, steps: [{get: /}]}]",
        ],
    );
    assert_snapshot("mistakes/flow", &messages);
}

#[test]
fn of_nesting() {
    let nested = |levels: usize| {
        let open = "[{group: g, steps: ".repeat(levels);
        let close = "}]".repeat(levels);
        flow(&format!("{open}[{{get: /}}]{close}"))
    };
    assert_mistakes("nesting", str::to_owned, &[&nested(16)]);
    assert!(try_load(&nested(15)).is_ok());
}

#[test]
fn of_blocks() {
    let using = |blocks: &str, steps: &str| {
        format!("blocks: {blocks}\nuser_classes: {{U: {{tasks: {{t: {steps}}}}}}}\n")
    };
    let tens = (0..5).map(|i| {
        let use_it = format!("{{use: b{}}},", i + 1).repeat(10);
        format!("b{i}: [{use_it}],")
    });
    let tens = format!("{{{} b5: [{{get: /}}]}}", tens.collect::<String>());
    let variables: String = (0..999).map(|i| format!("v{i}: 1, ")).collect();
    let long = format!("{{a: [{{set: {{{variables}}}}}]}}");
    let eleven = format!("[{}]", "{use: a},".repeat(11));
    assert_mistakes(
        "blocks",
        str::to_owned,
        &[
            &using("{login: [{get: /}]}", "[{use: lgoin}]"),
            &using(
                "{a: [{use: b}], b: [{use: c}], c: [{use: b}]}",
                "[{use: a}]",
            ),
            &using("{a: [{use: a}]}", "[{get: /}]"),
            &using("{a: [{gte: /}]}", "[{get: /}]"),
            &using("{a: 3}", "[{get: /}]"),
            &using(&tens, "[{use: b0}]"),
            &using(&long, &eleven),
        ],
    );
}

#[test]
fn of_the_order_of_tasks() {
    let mut messages = mistakes(
        class,
        &[
            "order: reverse",
            "transitions: {tt: {t: 1}}",
            "transitions: {t: {t: 0}}",
            "transitions: {t: {}}",
            "order: sequential\n    transitions: {t: {t: 1}}",
            "iterations: 0",
            "variables: [x]",
        ],
    );
    let shop = "    tasks: {browse: [{get: /}], buy: [{get: /}]}";
    messages += &mistakes(
        |transitions| with(&format!("    transitions: {transitions}\n{shop}")),
        &["{browse: {byu: 1}}"],
    );
    assert_snapshot("mistakes/order_of_tasks", &messages);
}
