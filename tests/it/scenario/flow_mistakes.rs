//! Mistakes in steps that are not requests, in blocks, and in the order of tasks.

use super::mistakes::{check, class, with};
use super::try_load;

/// A task of these steps, in line 7.
fn flow(steps: &str) -> String {
    with(&format!("    tasks: {{t: {steps}}}"))
}

#[test]
fn of_flow() {
    check(
        &flow("[{thnik: 1s}]"),
        &[
            "7:18",
            "unknown key `thnik` in a step",
            "did you mean `think`?",
        ],
    );
    check(
        &flow("[{think: soon}]"),
        &["`think`, where it is not a map, is a duration"],
    );
    check(
        &flow("[{think: {pacing: 1s}}]"),
        &["unknown key `pacing` in `think`"],
    );
    check(&flow("[{think: {}}]"), &["`think` has exactly one kind"]);
    check(&flow("[{set: {1x: 2}}]"), &["`1x` cannot name a variable"]);
    check(&flow("[{set: {x: '{{ y }}'}}]"), &["y"]);
    check(&flow("[{set: 3}]"), &["`set` is a map, not `3`"]);
    check(
        &flow("[{if: token is defined}]"),
        &["`then` of this `if` is missing", "then: ["],
    );
    check(
        &flow("[{if: token, thne: []}]"),
        &[
            "unknown key `thne` in a step with `if`",
            "did you mean `then`?",
        ],
    );
    check(&flow("[{if: token >, then: [{get: /}]}]"), &["7:"]);
}

#[test]
fn of_loops_and_choices() {
    check(
        &flow("[{repeat: 0, steps: [{get: /}]}]"),
        &["`repeat` is a whole number from 1"],
    );
    check(
        &flow("[{repeat: 2}]"),
        &["`steps` of this `repeat` is missing"],
    );
    check(
        &flow("[{repeat: {max: 2}, steps: [{get: /}]}]"),
        &["`repeat` has a number, a `while`, or an `each` with `in`"],
    );
    check(
        &flow("[{repeat: {each: x}, steps: [{get: /}]}]"),
        &["`in` of this `each` is missing"],
    );
    check(
        &flow("[{choose: []}]"),
        &["a branch of `choose` is missing"],
    );
    check(
        &flow("[{choose: [{weight: 0, steps: [{get: /}]}]}]"),
        &["a weight is a whole"],
    );
    check(
        &flow("[{choose: [{weight: 2}]}]"),
        &["`steps` of this branch is missing"],
    );
}

#[test]
fn of_what_else_a_step_may_be() {
    check(
        &flow("[{poll: {every: 1s}, steps: [{get: /}]}]"),
        &["`until` of this `poll` is missing"],
    );
    check(
        &flow("[{parallel: []}]"),
        &["`parallel` is a list of 1 to 100 requests"],
    );
    check(
        &flow("[{parallel: [{think: 1s}]}]"),
        &["`think` cannot be part of `parallel`", "only requests"],
    );
    check(
        &flow("[{stop_user: false}]"),
        &["`stop_user` is `true`, not `false`"],
    );
    check(
        &flow("[{fail: '{{ token }}'}]"),
        &["`fail` is needed before the run starts"],
    );
    check(
        &flow("[{group: '{{ token }}', steps: [{get: /}]}]"),
        &["`group` is needed"],
    );
    check(
        &flow("[{repeat: 2, steps: []}]"),
        &["a step of `steps` is missing"],
    );
    check(&flow("[{fail: ''}]"), &["`fail` is a name"]);
    check(
        &flow("[{get: /, think: 1s}]"),
        &[
            "7:18",
            "a step is one thing; this one has `think` already",
            "on its own line",
        ],
    );
    check(
        &flow("[{repeat: '{{ token }} times', steps: [{get: /}]}]"),
        &["this is an expression alone"],
    );
    check(
        &flow("[{poll: {until: '{{ token }}'}, steps: [{get: /}]}]"),
        &["`until` is written without `{{ }}`"],
    );
}

#[test]
fn of_nesting() {
    let nested = |levels: usize| {
        let open = "[{group: g, steps: ".repeat(levels);
        let close = "}]".repeat(levels);
        flow(&format!("{open}[{{get: /}}]{close}"))
    };
    check(&nested(16), &["deeper than 16 levels"]);
    assert!(try_load(&nested(15)).is_ok());
}

#[test]
fn of_blocks() {
    let file = |blocks: &str, steps: &str| {
        format!("blocks: {blocks}\nuser_classes: {{U: {{tasks: {{t: {steps}}}}}}}\n")
    };
    check(
        &file("{login: [{get: /}]}", "[{use: lgoin}]"),
        &["2:38", "there is no block `lgoin`", "did you mean `login`?"],
    );
    check(
        &file(
            "{a: [{use: b}], b: [{use: c}], c: [{use: b}]}",
            "[{use: a}]",
        ),
        &["block `b` uses itself: b → c → b"],
    );
    check(
        &file("{a: [{use: a}]}", "[{get: /}]"),
        &["block `a` uses itself: a → a"],
    );
    check(
        &file("{a: [{gte: /}]}", "[{get: /}]"),
        &["1:15", "unknown key `gte`"],
    );
    check(
        &file("{a: 3}", "[{get: /}]"),
        &["block `a`, a list of steps"],
    );
    let tens = (0..5).map(|i| {
        let use_it = format!("{{use: b{}}},", i + 1).repeat(10);
        format!("b{i}: [{use_it}],")
    });
    let blocks = format!("{{{} b5: [{{get: /}}]}}", tens.collect::<String>());
    check(&file(&blocks, "[{use: b0}]"), &["more than 10000 steps"]);
    let variables: String = (0..999).map(|i| format!("v{i}: 1, ")).collect();
    let blocks = format!("{{a: [{{set: {{{variables}}}}}]}}");
    let steps = format!("[{}]", "{use: a},".repeat(11));
    check(&file(&blocks, &steps), &["more than 10000 steps"]);
}

#[test]
fn of_the_order_of_tasks() {
    check(
        &class("order: reverse"),
        &["`order` is `random` or `sequential`"],
    );
    check(
        &class("transitions: {tt: {t: 1}}"),
        &["there is no task `tt`", "did you mean `t`?"],
    );
    check(
        &with(
            "    transitions: {browse: {byu: 1}}\n    tasks: {browse: [{get: /}], buy: [{get: /}]}",
        ),
        &["7:28", "there is no task `byu`", "did you mean `buy`?"],
    );
    check(
        &class("transitions: {t: {t: 0}}"),
        &["a weight is a whole number"],
    );
    check(
        &class("transitions: {t: {}}"),
        &["what follows `t` is missing"],
    );
    check(
        &class("{order: sequential, transitions: {t: {t: 1}}}").replace(
            "    {order: sequential, transitions: {t: {t: 1}}}",
            "    order: sequential\n    transitions: {t: {t: 1}}",
        ),
        &["not both"],
    );
    check(
        &class("iterations: 0"),
        &["`iterations` is a whole number from 1"],
    );
    check(&class("variables: [x]"), &["`variables` is a map"]);
}
