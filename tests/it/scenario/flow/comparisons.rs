//! Text and numbers, nothing and something.

use swarmdeck::model::SlotId;
use swarmdeck::program::{OnFailure, Program, Task, Variables};

use super::steps::{Walker, walk};
use crate::scenario::{compile, first_request, program_of_steps, render, try_load};

/// Sets `a` by what a request captures of this body.
pub(super) fn captured(program: &Program, json: &str) -> Variables {
    let mut variables = Variables::new(program.slot_count());
    variables.set_json(SlotId(0), json);
    variables
}

/// The request line of `get: ADDRESS` with this JSON in `a`; or the failure.
fn line(step: &str, json: &str) -> String {
    let program = program_of_steps(&format!("- {step}"));
    match render(first_request(&program), &captured(&program, json)) {
        Ok(message) => message.lines().next().unwrap_or_default().to_owned(),
        Err(failure) => program.describe(failure),
    }
}

#[test]
fn a_text_that_is_a_number_compares_as_one() {
    // What CSV, regular expressions, CSS and headers give is text.
    let set = "- set: {age: \"{{ '18' }}\", page: 1, pages: \"{{ '3' }}\"}\n";
    for (condition, expected) in [
        ("age > 17", "/yes"),
        ("age == 18", "/yes"),
        ("age != 18", "/no"),
        ("age < '9'", "/no"),
        ("18 in [age]", "/yes"),
        ("age - 8 == 10", "/yes"),
        ("age | int == 18", "/yes"),
        ("age | float >= 18.0", "/yes"),
    ] {
        let steps =
            format!("{set}- if: \"{condition}\"\n  then: [{{get: /yes}}]\n  else: [{{get: /no}}]");
        assert_eq!(walk(&steps, &[]), [expected, "end"], "{condition}");
    }
    let pages = format!(
        "{set}- repeat: {{while: page <= pages}}\n  steps: [{{get: /p}}, {{set: {{page: '{{{{ page + 1 }}}}'}}}}]"
    );
    assert_eq!(walk(&pages, &[]), ["/p", "/p", "/p", "end"]);
    let times = format!("{set}- repeat: pages\n  steps: [{{get: /r}}]");
    assert_eq!(walk(&times, &[]), ["/r", "/r", "/r", "end"]);
    let half = "- repeat: '6 / 2'\n  steps: [{get: /r}]";
    assert_eq!(walk(half, &[]), ["/r", "/r", "/r", "end"]);
}

#[test]
fn what_cannot_be_compared_fails_the_task() {
    let set = "- set: {age: old, n: 2.5, list: {a: 1}}\n";
    for (step, words) in [
        (
            "if: age > 18\n  then: [{get: /yes}]",
            "t: `age > 18` compares a number with something else",
        ),
        (
            "repeat: {while: age < 3}\n  steps: [{get: /r}]",
            "t: `age < 3` compares a number with something else",
        ),
        (
            "repeat: age\n  steps: [{get: /r}]",
            "t: `age` is not a whole number of at most 1000000",
        ),
        (
            "repeat: n\n  steps: [{get: /r}]",
            "t: `n` is not a whole number of at most 1000000",
        ),
        (
            "repeat: '2000000 + 1'\n  steps: [{get: /r}]",
            "t: `2000000 + 1` is not a whole number of at most 1000000",
        ),
        (
            "repeat: {each: i, in: age}\n  steps: [{get: /r}]",
            "t: `age` is not a list",
        ),
        (
            "repeat: {each: i, in: list}\n  steps: [{get: /r}]",
            "t: `list` is not a list",
        ),
    ] {
        let steps = format!("{set}- {step}\n- get: /after");
        assert_eq!(walk(&steps, &[]), [words, "end", "failed"], "{step}");
    }
    // What has no value decides nothing and is no failure of its own.
    let unset =
        "- if: a > 3\n  then: [{get: /yes}]\n- repeat: a\n  steps: [{get: /r}]\n- get: /after";
    assert_eq!(walk(unset, &[]), ["/after", "end"]);
}

#[test]
fn what_cannot_be_compared_fails_the_task_wherever_it_stands() {
    for condition in [
        "(n < 'x') | string == 'true'",
        "[n < 'x'] | length == 1",
        "choice([n < 'x'])",
        "choice([n < 'x', n > 'x'] | json)",
        "int(n < 'x', 2) == 1",
        "float(1, n < 'x') == 1",
        "hex(n < 'x') == ''",
        "[1][n < 'x'] == 1",
        "hmac_sha256('k', n < 'x') == ''",
        "n < 'x' or n",
        "not (n < 'x')",
        "(n < 'x') is defined",
        "(n < 'x') | default(true)",
        "(n < 'x') == none",
    ] {
        // The first row of the statistics is that of another task.
        let program = compile(&format!(
            "user_classes:\n  U:\n    variables: {{n: 1}}\n    tasks:\n      other: [{{get: /other}}, {{fail: first}}]\n      if:\n        - if: \"{condition}\"\n          then: [{{get: /yes}}]\n        - get: /after\n      when:\n        when: \"{condition}\"\n        steps: [{{get: /yes}}]\n"
        ));
        let class = &program.classes[0];
        for task in &class.tasks[1..] {
            let mut walker = Walker::new(&program, &[]);
            let began = walker.walk(class.on_start.expect("variables"), OnFailure::GoOn);
            assert_eq!(began, ["end"]);
            let words = format!(
                "{}: `{condition}` compares a number with something else",
                task.name
            );
            let seen = walker.walk(task.entry, OnFailure::GoOn);
            assert_eq!(seen, [words.as_str(), "end", "failed"], "{condition}");
        }
    }
}

/// Every condition that an unset variable and `null` decide, and how.
#[test]
fn what_has_no_value_does_not_hold_whether_null_or_not_set() {
    for (condition, holds) in [
        ("x", false),
        ("not x", true),
        ("not not x", false),
        ("x and y", false),
        ("y and x", false),
        ("not (x and y)", true),
        ("x or y", true),
        ("not (x or z)", true),
        ("y and not x", true),
        ("x < 1", false),
        ("x >= 1", false),
        ("not (x < 1)", true),
        ("not (1 <= x)", true),
        ("x < 'a'", false),
        ("x == 1", false),
        ("x != 1", true),
        ("x == 'a'", false),
        ("x == none", true),
        ("x != none", false),
        ("x == z", true),
        ("x.field == 1", false),
        ("not x.field", true),
        ("not x[0]", true),
        ("x.field != 'done'", true),
        ("x in [1, 2]", false),
        ("x not in [1, 2]", true),
        ("1 in x", false),
        ("1 not in x", true),
        ("x in 'text'", false),
        ("x + 1 > 0", false),
        ("not (x + 1 > 0)", true),
        ("x + 1 == 1", false),
        ("-x", false),
        ("x | length", false),
        ("not (x | length)", true),
        ("x | int == 0", false),
        ("not (x | string)", true),
        ("x | upper == 'A'", false),
        ("x | first or x | last", false),
        ("x | default('d') == 'd'", true),
        ("(x == 1) == false", true),
        ("(x < 1) == false", false),
    ] {
        for beginning in ["{x: null, y: 1, z: null}", "{y: 1}"] {
            let program = compile(&format!(
                "user_classes:\n  U:\n    tasks:\n      t:\n        - set: {beginning}\n        \
                - if: \"{condition}\"\n          then: [{{get: /yes}}]\n          else: [{{get: /no}}]\n        \
                - repeat: {{while: \"{condition}\", max: 1}}\n          steps: [{{get: /round}}]\n        \
                - poll: {{until: \"{condition}\", every: 1s, timeout: 1s}}\n          steps: [{{think: 1s}}]\n      \
                never:\n        - set: {{x: 1, y: 1, z: 1}}\n"
            ));
            let entry = program.classes[0].tasks[0].entry;
            let seen = Walker::new(&program, &[]).walk(entry, OnFailure::GoOn);
            let late = format!("t: timed out after 1s: {condition}");
            let expected = match holds {
                true => vec!["/yes", "/round", "rest 1000ms", "end"],
                false => vec!["/no", "rest 1000ms", &late, "end", "failed"],
            };
            assert_eq!(seen, expected, "{condition} of {beginning}");
        }
    }
}

#[test]
fn a_task_is_picked_by_what_has_no_value() {
    let program = compile(
        "user_classes:\n  U:\n    tasks:\n      first: {when: not x, steps: [{get: /}, {set: {x: 1}}]}\n      \
        other: {when: x != 1, steps: [{get: /}]}\n      never: {when: x, steps: [{get: /}]}",
    );
    let tasks = &program.classes[0].tasks;
    let mut variables = Variables::new(program.slot_count());
    let picked = |variables: &Variables| {
        let mut rng = fastrand::Rng::with_seed(1);
        let eligible = |task: &&Task| task.is_eligible(variables, &mut rng);
        let names = tasks.iter().filter(eligible).map(|task| task.name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(picked(&variables), ["first", "other"]);
    variables.set_json(SlotId(0), "null");
    assert_eq!(picked(&variables), ["first", "other"]);
    variables.set_json(SlotId(0), "1");
    assert_eq!(picked(&variables), ["never"]);
}

#[test]
fn numbers_are_sent_as_they_came() {
    for number in [
        "123456789012345678901234567890",
        "1.0",
        "-0",
        "19.90",
        "1e5",
        "9223372036854775808",
        "-7",
    ] {
        assert_eq!(
            line("get: '/items/{{ a }}'", number),
            format!("GET /items/{number} HTTP/1.1")
        );
        let program = program_of_steps("- post: /\n  json: {n: '{{ a }}'}");
        let message = render(first_request(&program), &captured(&program, number)).unwrap();
        assert!(
            message.ends_with(&format!("{{\"n\":{number}}}")),
            "{message}"
        );
    }
    for (hole, json, expected) in [
        ("a | int", "\"19.90\"", "19"),
        ("a | int", "19.90", "19"),
        ("a | float", "\"19.90\"", "19.90"),
        (
            "a | int",
            "\"123456789012345678901234567890\"",
            "123456789012345678901234567890",
        ),
        ("a * 2", "1.25", "2.5"),
        ("a + 1", "1.0", "2"),
        ("-a", "1.50", "-1.50"),
        ("1.50", "0", "1.50"),
        ("a == 1", "1.0", "true"),
        (
            "a == 123456789012345678901234567891",
            "123456789012345678901234567890",
            "false",
        ),
    ] {
        let step = format!("get: '/{{{{ {hole} }}}}'");
        assert_eq!(
            line(&step, json),
            format!("GET /{expected} HTTP/1.1"),
            "{hole}"
        );
    }
}

#[test]
fn null_is_no_text() {
    let null = "not sent: `a` is null; use `a | default('')` to send an empty string";
    for step in [
        "get: '/items/{{ a }}/x'",
        "get: '/items?q={{ a }}'",
        "get: /\n  query: {q: '{{ a }}'}",
        "get: /\n  headers: {X-Id: '{{ a }}'}",
        "post: /\n  form: {q: '{{ a }}'}",
        "post: /\n  body: 'a={{ a }}'",
        "post: /\n  json: {q: 'no. {{ a }}'}",
        "get: '{{ a }}'",
    ] {
        assert_eq!(line(step, "null"), null, "{step}");
    }
    assert_eq!(
        line("get: \"/items/{{ a | default('') }}/x\"", "null"),
        "GET /items//x HTTP/1.1"
    );
    let program = program_of_steps("- post: /\n  json: {q: '{{ a }}'}");
    let message = render(first_request(&program), &captured(&program, "null")).unwrap();
    assert!(message.ends_with(r#"{"q":null}"#), "{message}");
}

#[test]
fn a_file_can_be_a_template() {
    let program = |step: &str| {
        let text = format!(
            "user_classes:\n  U:\n    on_start: [{{get: /, capture: {{a: {{json: $.a}}}}}}]\n    tasks:\n      t:\n        - {step}\n"
        );
        let loaded = try_load(&text).unwrap_or_else(|problems| panic!("{problems:#?}"));
        (loaded.compile(Some("http://127.0.0.1:1")).unwrap(), loaded)
    };
    let (filled, loaded) = program("{post: /, template: order.json}");
    let send = |json: &str| {
        let message = render(first_request(&filled), &captured(&filled, json)).unwrap();
        message.split_once("\r\n\r\n").unwrap().1.to_owned()
    };
    assert_eq!(
        send(r#""say \"hi\"""#),
        "{\n  \"id\": \"say \\\"hi\\\"\",\n  \"note\": \"\\\"no. say \\\"hi\\\"\",\n  \"tags\": [1, 2]\n}\n"
    );
    assert!(send("7.50").starts_with("{\n  \"id\": 7.50,\n  \"note\": \"\\\"no. 7.50\","));
    assert!(loaded.remarks().is_empty());
    let message = render(first_request(&filled), &captured(&filled, "1")).unwrap();
    assert!(message.contains("Content-Type: application/json\r\n"));

    let (plain, loaded) = program("{post: /, file: order.json}");
    let message = render(first_request(&plain), &captured(&plain, "1")).unwrap();
    assert!(message.contains("{{ a }}"), "{message}");
    let remarks = loaded.remarks();
    assert!(
        remarks[0].contains("`template: order.json` fills it in"),
        "{remarks:?}"
    );
}
