//! Each kind of mistake gets its message, place and suggestion.

use swarmdeck::scenario::{Colour, Source};

use super::{environment, try_load};

/// A sound file with one line replaced: `@` stands for it.
pub(super) fn with(line: &str) -> String {
    format!(
        "host: http://localhost:8000\nuser_classes:\n  U:\n    on_start:\n      - get: /seed\n        capture: {{token: {{json: $.token}}}}\n{line}\n"
    )
}

/// A class-level line plus tasks.
pub(super) fn class(line: &str) -> String {
    with(&format!("    {line}\n    tasks: {{t: [{{get: /}}]}}"))
}

/// Lines of a step after `- get: /x`, in line 10.
fn step(line: &str) -> String {
    with(&format!(
        "    tasks:\n      t:\n        - get: /x\n          {line}"
    ))
}

/// The diagnostics, each as `line:column message | help`.
fn found(text: &str) -> Vec<String> {
    let Err(problems) = try_load(text) else {
        panic!("no mistake found in\n{text}")
    };
    problems
        .iter()
        .map(|problem| {
            let help = problem.help.as_deref().unwrap_or("-");
            let (line, column) = (problem.line, problem.column);
            format!("{line}:{column} {} | {help}", problem.message)
        })
        .collect()
}

/// One diagnostic holds all these parts.
#[track_caller]
pub(super) fn check(text: &str, expected: &[&str]) {
    let found = found(text);
    assert!(
        found
            .iter()
            .any(|one| expected.iter().all(|part| one.contains(part))),
        "expected {expected:?} in {found:#?} for\n{text}"
    );
}

#[test]
fn of_yaml() {
    check("", &["1:1 the file is empty"]);
    check("a: [1", &["this is not YAML"]);
    check("a: b: c", &["1:", "this is not YAML"]);
    check("- a", &["1:1 a scenario is a map, not a list"]);
    check(
        "name: a\nname: b\n",
        &["2:1 `name` is already given in line 1"],
    );
    check("name: a\n---\nname: b\n", &["one document"]);
    check(
        &step("json: {a: {{ token }}}"),
        &["10:21", "has to stand in quotes", "\"{{ x }}\""],
    );
    check("{host: {{ env.X }} }", &["has to stand in quotes"]);
    check("a: *b\n", &["1:4", "not YAML"]);
    check("a: &b [*b]\n", &["names itself"]);
    check("a: !x 1\n", &["tags"]);
    let deep = "[".repeat(200);
    check(&format!("a: {deep}"), &["this is not YAML"]);
}

#[test]
fn of_aliases_that_explode() {
    let mut text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
    for i in 1..10 {
        let last = format!("*a{},", i - 1).repeat(10);
        text = format!("{text}a{i}: &a{i} [{last}]\n");
    }
    check(&text, &["aliases included: the limit"]);
}

#[test]
fn of_aliases_that_nest() {
    let (open, close) = ("[".repeat(30), "]".repeat(30));
    let text = format!("a: &a {open}{close}\nb: &b {open}*a{close}\nc: {open}*b{close}\n");
    check(&text, &["3:34", "nested deeper than 64 levels"]);
}

#[test]
fn of_size() {
    check(&"#".repeat((1 << 20) + 1), &["larger than 1 MiB"]);
}

#[test]
fn of_keys() {
    check(
        "nmae: x\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["1:1", "unknown key `nmae`", "did you mean `name`?"],
    );
    check(
        "thresholds: []\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["unknown key `thresholds`", "possible here: name"],
    );
    check("name: x", &["`user_classes` is missing"]);
    check("user_classes: {}", &["1 to 1000 classes"]);
    check(
        "user_classes: {U: {wait: 1s}}",
        &["1:16", "`tasks` of `U` is missing"],
    );
    check("user_classes: {U: {tasks: {}}}", &["a task is missing"]);
    check(
        "user_classes: {U: {tasks: {t: }}}",
        &["task `t` is a list of steps, or a map with `steps`, not nothing"],
    );
    check(
        "user_classes: {U: {tasks: {t: []}}}",
        &["a step of task `t` is missing"],
    );
    check(
        "user_classes: {a b: {tasks: {t: [{get: /}]}}}",
        &["`a b` cannot name a user class"],
    );
    check(
        "user_classes: {U: {tasks: {t: {weight: 2}}}}",
        &["`steps` of task `t` is missing"],
    );
    check(
        "user_classes: {U: {tasks: {t: [{gett: /}]}}}",
        &["unknown key `gett` in a step", "did you mean `get`?"],
    );
    check(
        "user_classes: {U: {tasks: {t: [{name: x}]}}}",
        &["the request of this step is missing"],
    );
    check(&step("post: /y"), &["10:11", "a step is one request"]);
    check(
        &step("expect: {stauts: 200}"),
        &[
            "10:20",
            "unknown key `stauts` in `expect`",
            "did you mean `status`?",
        ],
    );
}

#[test]
fn of_values() {
    check(
        "load: {users: many}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &[
            "1:15",
            "`users` is a whole number from 1 to 1000000, not the text \"many\"",
        ],
    );
    check(
        "load: {users: '5'}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["without quotes"],
    );
    check(
        "load: {users: 0}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["not `0`"],
    );
    check(
        "load: {spawn_rate: -1}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["`spawn_rate` is a rate above 0"],
    );
    check(
        "load: {run_time: 5 minutes}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["`run_time` is a duration", "1m30s"],
    );
    check(
        "load: {run_time: 0}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["`run_time` is longer than nothing"],
    );
    check(
        "host: localhost:8000\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["1:7", "no scheme"],
    );
    check(
        "host: 'http://{{ x }}'\nuser_classes: {U: {tasks: {t: [{get: /}]}}}",
        &["only `env.NAME` can stand in it"],
    );
    check(
        &class("weight: 0"),
        &["7:13", "`weight` is a whole number from 1"],
    );
    check(
        &class("wait: soon"),
        &["`wait`, where it is not a map, is a duration"],
    );
    check(
        &class("wait: {beetween: [1, 2]}"),
        &["did you mean `between`?"],
    );
    check(
        &class("wait: {between: [2, 1]}"),
        &["the shorter wait of `between` comes first"],
    );
    check(&class("wait: {between: 2}"), &["list of two durations"]);
    check(&class("wait: {throughput: 0/s}"), &["is a rate above 0"]);
    check(&class("wait: {}"), &["exactly one kind"]);
    check(&class("headers: [a]"), &["`headers` is a map, not a list"]);
    check(&class("headers: {\"a b\": c}"), &["a header name"]);
    check(
        &class("headers: {Content-Length: 3}"),
        &["written by Swarmdeck itself"],
    );
    check(&class("headers: {A: \"b\\nc\"}"), &["control characters"]);
}

#[test]
fn of_steps() {
    check(&step("timeout: never"), &["`timeout` is a duration"]);
    check(&step("expect: {status: 20}"), &["a status is 100 to 599"]);
    check(&step("expect: {status: [200, 6xx]}"), &["10:34"]);
    check(&step("expect: {time: fast}"), &["\"< 500ms\""]);
    check(
        &step("expect: {json: {a: 1}}"),
        &["10:27", "`a` is not a JSON path"],
    );
    check(
        &step("expect: {text: {matches: '({{ token }}'}}"),
        &["not a regular expression"],
    );
    check(&step("{json: 1}"), &["this is not YAML"]);
    check(
        &with("    tasks:\n      t:\n        - {post: /, json: {}, body: x}"),
        &["9:31", "a request has one body"],
    );
}

#[test]
fn of_paths_and_captures() {
    check(
        &with("    tasks: {t: [{get: x}]}"),
        &["7:23", "neither a path nor an address"],
    );
    check(
        &with("    tasks: {t: [{get: 'ftp://x/'}]}"),
        &["`ftp://` is not supported"],
    );
    check(
        &with("    tasks: {t: [{get: '/a#b'}]}"),
        &["7:26", "fragment"],
    );
    check(
        &with("    tasks: {t: [{get: '{{ token }}#top'}]}"),
        &["fragments"],
    );
    check(
        &step("capture: {id: $.id}"),
        &["10:25", "a capture is a map"],
    );
    check(
        &step("capture: {id: {jsn: $.id}}"),
        &["did you mean `json`?"],
    );
    check(
        &step("capture: {id: {json: id}}"),
        &["10:32", "`id` is not a JSON path", "begins with `$`"],
    );
    check(
        &step("capture: {id: {json: '$.a[?'}}"),
        &["is not a JSON path"],
    );
    check(
        &step("capture: {id: {regex: '('}}"),
        &["10:33", "not a regular expression: unclosed group"],
    );
    check(
        &step("capture: {id: {json: $.a, header: X}}"),
        &["exactly one source"],
    );
    check(
        &step("capture: {env: {json: $.a}}"),
        &["`env` cannot name a variable"],
    );
    check(
        &step("capture: {never: null}"),
        &["10:21", "no step of `U` sets `never`"],
    );
}

#[test]
fn of_expressions() {
    let hole = |hole: &str| step(&format!("body: 'x{{{{ {} }}}}'", hole.replace('\'', "''")));
    check(
        &hole("tokne"),
        &[
            "10:22",
            "no step of `U` sets `tokne`",
            "did you mean `token`?",
        ],
    );
    check(
        &hole("nothing_like_it"),
        &["variables are set by `capture`"],
    );
    check(&hole("HOME_TOWN"), &["env.HOME_TOWN"]);
    check(&hole("uuid"), &["is a function"]);
    check(
        &hole("uid()"),
        &["there is no function `uid`", "did you mean `uuid`?"],
    );
    check(&hole("int(1)"), &["other arguments", "int(1, 6)"]);
    check(&hole("int(5, 1)"), &["the first number"]);
    check(&hole("int(1.5, 2)"), &["whole numbers"]);
    check(&hole("int('a', 2)"), &["one is a text"]);
    check(&hole("hex(0)"), &["1 to 65536"]);
    check(&hole("choice([])"), &["the list is empty"]);
    check(&hole("now('%!')"), &["not a time format"]);
    check(
        &hole("env.HOME_TOWM"),
        &[
            "10:22",
            "`HOME_TOWM` is not set",
            "did you mean `HOME_TOWN`?",
            "or 'value'",
        ],
    );
    check(&hole("env.NOPE and 1"), &["`NOPE` is not set"]);
    check(&hole("1 +"), &["the expression ends, expected a value"]);
    check(
        &hole("1 2"),
        &["a number stands here, expected an operator"],
    );
    check(&hole("token = 1"), &["equality is written `==`"]);
    check(&hole("token | uper"), &["no filter `uper`", "`upper`"]);
    check(&hole("'abc"), &["is not closed"]);
    check(&hole("'a' - 1"), &["`-` needs numbers; one side is a text"]);
    check(&hole("1 / 0"), &["divides by zero"]);
    check(&hole(""), &["an expression is missing"]);
    check(&hole(&"(".repeat(100)), &["nests at most"]);
    check(&hole(&"1+".repeat(100)), &["at most 64 operators"]);
    check(&step("body: '{{ token'"), &["10:18", "`{{` is not closed"]);
    check(
        &with("    tasks:\n      t:\n        when: now() == 'x'\n        steps: [{get: /}]"),
        &["9:15", "no meaning in a condition"],
    );
}

#[test]
fn an_environment_variable_with_a_default_is_no_mistake() {
    for hole in [
        "env.NOPE or 'x'",
        "env.NOPE or env.NEITHER or 'x'",
        "env('NOPE', 'x')",
        "env.NOPE is defined",
        "env.HOME_TOWN",
    ] {
        let hole = hole.replace('\'', "''");
        let text = step(&format!("body: '{{{{ {hole} }}}}'"));
        assert!(try_load(&text).is_ok(), "{text}");
    }
    check(
        &step("body: '{{ env.NOPE or env.NEITHER }}'"),
        &["`NEITHER` is not set"],
    );
}

#[test]
fn places_survive_escapes_and_folding() {
    check(
        &step("body: 'it''s an {{ an }}'"),
        &["10:30", "no step of `U` sets `an`"],
    );
    check(
        &step("body: >\n            a\n            {{ a }}"),
        &["12:16", "no step of `U` sets `a`"],
    );
}

#[test]
fn a_variable_of_another_class_is_not_known() {
    let text = "user_classes:
  A:
    tasks: {t: [{get: /, capture: {id: {json: $.id}}}]}
  B:
    tasks: {t: [{get: '/{{ id }}'}]}
";
    check(text, &["5:28", "no step of `B` sets `id`"]);
}

#[test]
fn all_are_found_at_once_and_in_order() {
    let text = "name: x
lod: {users: 5}
http: {timeout: soon}
user_classes:
  A:
    wait: {pacing: 0}
    headers: {X: '{{ who }}'}
    tasks:
      t:
        - get: nowhere
          expect: {status: 99}
        - post: /{{ what }}
          json: {a: '{{ hx(3) }}', b: '{{ 1 + }}'}
";
    let problems = try_load(text).unwrap_err();
    let places: Vec<_> = problems.iter().map(|p| (p.line, p.column)).collect();
    let expected = [
        (2, 1),
        (3, 17),
        (6, 20),
        (7, 22),
        (10, 16),
        (11, 28),
        (12, 21),
        (13, 25),
        (13, 46),
    ];
    assert_eq!(places, expected, "{problems:#?}");
}

#[test]
fn a_mistake_is_rendered_with_its_line() {
    let text = "name: x\nuser_clases: {}\n";
    let source = Source::new("dir/my.yaml", text);
    let problems = swarmdeck::scenario::load(&source, &environment()).unwrap_err();
    let unknown = problems.iter().find(|p| p.line == 2).unwrap();
    let plain = unknown.render(Colour::Never);
    for part in [
        "error: unknown key `user_clases`",
        "dir/my.yaml:2:1",
        "user_clases: {}",
        "^^^^^^^^^^^",
        "did you mean `user_classes`?",
    ] {
        assert!(plain.contains(part), "{part} in\n{plain}");
    }
    assert!(!plain.contains('\u{1b}'));
    assert!(unknown.render(Colour::Always).contains('\u{1b}'));
}

#[test]
fn of_load() {
    let load = |load: &str| with(&format!("    tasks: {{t: [{{get: /}}]}}\nload: {load}"));
    for (text, expected) in [
        (
            "{users: 5, rate: 2/s}",
            "`users` and `rate` exclude each other",
        ),
        (
            "{users: 5, stages: [{over: 1s, users: 2}]}",
            "`users` and `stages` exclude each other",
        ),
        (
            "{spawn_rate: 5, stages: [{over: 1s, users: 2}]}",
            "there is no `spawn_rate` beside it",
        ),
        ("{stages: []}", "`stages` names 1 to"),
        ("{stages: [{over: 1s}]}", "`users` of the stage is missing"),
        (
            "{stages: [{over: 1s, rate: 2}, {over: 1s, users: 2}]}",
            "unknown key `users` in a stage",
        ),
        ("{stages: [{over: soon, users: 2}]}", "`over` is a duration"),
        (
            "{users: {sine: {from: 1, to: 5, period: 1m}}}",
            "`run_time`, which a shape needs, is missing",
        ),
        (
            "{users: {sinus: {}}, run_time: 5m}",
            "possible here: sine, saw",
        ),
        (
            "{users: {saw: {from: 1, to: 5}}, run_time: 5m}",
            "`period` of `saw` is missing",
        ),
        ("{rate: -1}", "`rate` is a rate above 0"),
        (
            "{max_users: 5}",
            "`max_users` belongs to a `rate`, which is missing",
        ),
        (
            "{rate: 5/s, arrivals: random}",
            "`arrivals` is one of even, poisson, not the text \"random\"",
        ),
        (
            "{rate: 5/s, stages: [{over: 1s, rate: 2}]}",
            "`rate` and `stages` exclude each other",
        ),
        ("{iterations: 0}", "`iterations` is a whole number from 1"),
    ] {
        check(&load(text), &[expected]);
    }
    check(
        &class("load: {rate: 5/s, run_time: 5m}"),
        &["`run_time` concerns the whole run"],
    );
}
