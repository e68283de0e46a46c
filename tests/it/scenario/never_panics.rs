//! Whatever is written, reading it ends with a program or with placed mistakes.

use proptest::prelude::*;
use swarmdeck::scenario::{Colour, Source, builtin, load};

use super::environment;

/// A file with every kind of step.
const FLOW: &str = include_str!("../../scenarios/flow.yaml");

/// Loads, compiles, and checks that each mistake lies within the text.
fn survives(text: &str) {
    let source = Source::new("garbage.yaml", text);
    match load(&source, &environment()) {
        Ok(loaded) => {
            let _ = loaded.compile(Some("http://127.0.0.1:1"));
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "{text:?}");
            let lines = text.split('\n').count();
            for problem in problems {
                assert!(
                    (1..=lines).contains(&problem.line),
                    "{problem:?} in {text:?}"
                );
                assert!(problem.column >= 1 && problem.length >= 1);
                let rendered = problem.render(Colour::Never);
                assert!(rendered.contains("garbage.yaml"), "{rendered}");
            }
        }
    }
}

/// A change to a file: where (as a share of its length), how much goes, what comes.
fn edit() -> impl Strategy<Value = (f64, usize, String)> {
    let words = prop::sample::select(vec![
        "{{",
        "}}",
        "{",
        "}",
        "[",
        "]",
        ":",
        "- ",
        "\n",
        "  ",
        "'",
        "\"",
        "&a ",
        "*a",
        "|",
        ">",
        "#",
        "\t",
        "!",
        "null",
        "-1",
        "1e999",
        "💥",
        "\u{0}",
        "{{ x }}",
        "{{ 1 / 0 }}",
        "%",
        "?",
        "<<: *a",
        "capture: {a: null}",
        "..",
        "\r\n",
        "é",
        "---\n",
        "user_classes",
    ]);
    (0.0..1.0_f64, 0_usize..12, words.prop_map(str::to_owned))
}

/// A step of any kind with values of any kind, nested a few levels deep.
fn garbage_step() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let words = vec![
        json!(1),
        json!(-1),
        json!(true),
        json!(null),
        json!("1s"),
        json!("a"),
        json!("x > 1"),
        json!("{{ x }}"),
        json!("/p"),
        json!([]),
        json!({}),
    ];
    let leaf = prop::sample::select(words);
    let keys = prop::sample::select(vec![
        "think",
        "set",
        "group",
        "repeat",
        "if",
        "choose",
        "poll",
        "parallel",
        "use",
        "log",
        "fail",
        "stop_user",
        "steps",
        "then",
        "else",
        "while",
        "each",
        "in",
        "max",
        "until",
        "every",
        "timeout",
        "weight",
        "get",
        "name",
        "json",
        "capture",
        "x",
        "between",
        "poisson",
    ]);
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let map = prop::collection::vec((keys.clone(), inner.clone()), 1..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            map.prop_map(|entries| {
                let entries = entries.into_iter();
                Value::Object(
                    entries
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// What is nested as deep as the language allows fits the stack of a shard,
/// which is that of a test.
#[test]
fn the_deepest_expressions_are_evaluated() {
    let mut fields = "a".to_owned();
    let mut calls = "a".to_owned();
    for _ in 0..30 {
        fields = format!("({fields}{})", ".f".repeat(31));
        calls = format!("sha256({calls} | trim | upper)");
    }
    for expression in [fields, calls] {
        let program =
            super::program_of_steps(&format!("- post: /\n  body: \"{{{{ {expression} }}}}\""));
        let mut variables = swarmdeck::program::Variables::new(2);
        variables.set_text(swarmdeck::model::SlotId(0), "x");
        let _ = super::render(super::first_request(&program), &variables);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files(
        file in 0_usize..6,
        edits in prop::collection::vec(edit(), 1..5),
    ) {
        let text = builtin().get(file).map_or(FLOW, |source| &source.text);
        let mut chars: Vec<char> = text.chars().collect();
        for (share, removed, inserted) in edits {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a small file")]
            let at = (share * chars.len() as f64) as usize;
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, inserted.chars());
        }
        survives(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn mutated_flow(edits in prop::collection::vec(edit(), 1..6)) {
        let mut chars: Vec<char> = FLOW.chars().collect();
        for (share, removed, inserted) in edits {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a small file")]
            let at = (share * chars.len() as f64) as usize;
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, inserted.chars());
        }
        survives(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn garbage_flow(steps in prop::collection::vec(garbage_step(), 1..4)) {
        let text = serde_json::json!({
            "blocks": {"a": steps, "b": [{"use": "a"}]},
            "user_classes": {"U": {"tasks": {"t": steps}}},
        });
        survives(&text.to_string());
    }

    #[test]
    fn garbage(text in "\\PC{0,200}") {
        survives(&text);
    }

    #[test]
    fn garbage_json_paths(
        words in prop::collection::vec(prop::sample::select(vec![
            "$", ".", "..", "a", "*", "[", "]", "0", "-1", "'a'", "?", "(", ")", "@", "==", "<", "1",
            ":", ",", "&&", "||", "!", "length", "match", " ", "9223372036854775807", "é",
        ]), 0..12),
        json in "[\\[\\]{}a\":, 01.e-]{0,30}",
    ) {
        let path = format!("${}", words.concat());
        let text = serde_json::json!({"user_classes": {"U": {"tasks": {"t": [
            {"get": "/", "expect": {"json": {&*path: 1}}, "capture": {"a": {"json": &*path}}}
        ]}}}});
        let text = text.to_string();
        survives(&text);
        if let Ok(loaded) = load(&Source::new("p.json", text), &environment()) {
            let program = loaded.compile(Some("http://127.0.0.1:1")).unwrap();
            for body in [&*json, "[[1, {\"a\": [0]}], 2]", "{\"a\": {\"a\": 1}}"] {
                let answer = swarmdeck::program::ReceivedResponse {
                    status: 200,
                    head: b"",
                    earlier: &[],
                    body: body.as_bytes(),
                    url: "",
                    body_size: body.len() as u64,
                    charset: None,
                    service_time_us: 1,
                };
                let mut variables = swarmdeck::program::Variables::new(1);
                let _ = super::judge(&program.requests[0], answer, &mut variables);
            }
        }
    }

    #[test]
    fn garbage_values(
        words in prop::collection::vec(prop::sample::select(vec![
            "json: ", "header: ", "css: ", "regex: ", "cookie: ", "body: ", "status: ", "match: ",
            "default: ", "attribute: ", "exists: ", "equals: ", "not: ", "matches: ", "contains: ",
            "count: ", "above: ", "below: ", "size: ", "text: ", "time: ", "csv: ", "jsonl: ", "rows: ",
            "pick: unique", "per: task", "at_end: stop", "types: guess", "delimiter: ", "file: ",
            "filename: ", "type: ", "query: ", "variables: ", "$.a", "p > a", "true", "1", "'> 2'",
            "'('", "'{{ x }}'", "'{{ rows.x }}'", "all", "{", "}", "[", "]", ", ", "null", "é", "/",
        ]), 0..16),
        key in prop::sample::select(vec!["capture", "expect", "multipart", "graphql", "file", "json"]),
    ) {
        let value = words.concat();
        survives(&format!("data: {{rows: {{{value}}}}}\nuser_classes: {{U: {{tasks: {{t: [{{get: /}}]}}}}}}\n"));
        survives(&format!("user_classes: {{U: {{tasks: {{t: [{{post: /, {key}: {{{value}}}}}]}}}}}}\n"));
        let inner = ["a", "header", "json", "$.a"].map(|inner| format!("{{{inner}: {{{value}}}}}"));
        for inner in inner {
            survives(&format!("user_classes: {{U: {{tasks: {{t: [{{post: /, {key}: {inner}}}]}}}}}}\n"));
            survives(&format!("user_classes: {{U: {{tasks: {{t: [{{post: /, {key}: {{json: {inner}}}}}]}}}}}}\n"));
        }
    }

    #[test]
    fn garbage_expressions(
        words in prop::collection::vec(prop::sample::select(vec![
            "a", "b", "or", "and", "not", "in", "is", "defined", "(", ")", "[", "]", ",", ".", "==",
            "<", "+", "-", "*", "/", "%", "1", "0", "2.5", "'x'", "uuid()", "hex(3)", "int(1,2)",
            "float(0, 1)", "choice([1,2])", "choice(a)", "now()", "env.HOME_TOWN", "env", "none",
            "9223372036854775807", "é", "$", "'", "|", "| upper", "| int", "| last", "| join(',')",
            "| default(1)", "| base64_decode", "sha256(a)", "hmac_sha256(a, b)", "sequence()",
            "now('unix', '-1h')", "fake.name()", "user.number", "user", "rows.x", "rows", "secret('HOME_TOWN')",
        ]), 0..14),
    ) {
        let expression = words.join(" ").replace('\'', "''");
        let text = format!(
            "data: {{rows: {{rows: [{{x: 1}}]}}}}\nuser_classes:\n  U:\n    tasks:\n      t:\n        when: '{expression}'\n        steps:\n          - get: '/{{{{ {expression} }}}}'\n            json: '{{{{ {expression} }}}}'\n            capture: {{a: {{json: $.a}}, b: {{json: $.b}}}}\n"
        );
        survives(&text);
        let source = Source::new("e.yaml", text);
        if let Ok(loaded) = load(&source, &environment()) {
            let program = loaded.compile(Some("http://127.0.0.1:1")).unwrap();
            for values in [None, Some(("7", "0")), Some(("[1, \"x\"]", "{\"a\": null}"))] {
                let mut variables = swarmdeck::program::Variables::new(program.slot_count());
                if let Some((a, b)) = values {
                    variables.set_json(swarmdeck::model::SlotId(0), a);
                    variables.set_json(swarmdeck::model::SlotId(1), b);
                }
                if let Err(failure) = super::render(&program.requests[0], &variables) {
                    prop_assert!(program.describe(failure).starts_with("not sent: "));
                }
                let mut rng = fastrand::Rng::with_seed(1);
                let _ = program.classes[0].tasks.pick(&variables, &mut rng);
            }
        }
    }
}
