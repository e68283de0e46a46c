//! Variables in expectations, and tests that are misspelt.

use swarmdeck::model::SlotId;
use swarmdeck::program::ReceivedResponse;

use super::comparisons::captured;
use crate::scenario::mistakes::assert_mistakes;
use crate::scenario::{first_request, judge, program_of_steps, try_load};

const HEAD: &str = "HTTP/1.1 200 OK\r\nETag: \"v7\"\r\nX-Left: 7\r\n\r\n";

/// Whether an answer with this body is as expected, with this JSON in `a`.
fn expected(expect: &str, a: &str, body: &str) -> String {
    let program = program_of_steps(&format!("- get: /\n  expect: {expect}"));
    let mut variables = captured(&program, a);
    let answer = ReceivedResponse {
        status: 200,
        head: HEAD.as_bytes(),
        earlier: &[],
        body: body.as_bytes(),
        body_size: body.len() as u64,
        charset: None,
        url: "",
        service_time_us: 1,
    };
    match judge(first_request(&program), answer, &mut variables) {
        Ok(()) => "ok".to_owned(),
        Err(failure) => program.describe(failure),
    }
}

#[test]
fn expectations_take_variables() {
    let body = r#"{"id": 7, "name": "Ann \"A\"", "tags": ["x", "7"], "o": {"id": 7, "n": "x7"}}"#;
    for (expect, sound, broken) in [
        ("{json: {$.id: '{{ a }}'}}", "7", "8"),
        ("{json: {$.id: {equals: '{{ a }}'}}}", "7", "\"7\""),
        ("{json: {$.id: {not: '{{ a }}'}}}", "8", "7"),
        ("{json: {$.name: '{{ a }}'}}", r#""Ann \"A\"""#, "\"Ann\""),
        ("{json: {$.o: {id: '{{ a }}', n: 'x{{ a }}'}}}", "7", "8"),
        ("{json: {$.tags: ['x', '{{ a }}']}}", "\"7\"", "7"),
        (
            "{json: {$.name: {contains: '{{ a }}'}}}",
            "\"Ann\"",
            "\"Bob\"",
        ),
        ("{json: {$.tags: {contains: '{{ a }}'}}}", "7", "8"),
        ("{json: {$.tags: {count: '{{ a }}'}}}", "2", "3"),
        ("{json: {$.tags: {count: '>= {{ a }}'}}}", "\"2\"", "3"),
        ("{json: {$.id: {above: '{{ a }}'}}}", "6.5", "7"),
        ("{json: {$.id: {below: '{{ a }}'}}}", "\"8\"", "7"),
        ("{header: {X-Left: '{{ a }}'}}", "7", "8"),
        ("{header: {ETag: {contains: 'v{{ a }}'}}}", "7", "8"),
        ("{text: '{{ a }}'}", "\"tags\"", "\"none\""),
        (
            "{json: {$.name: {matches: '^{{ a }} '}}}",
            "\"Ann\"",
            "\"A.n\"",
        ),
        ("{text: {matches: '{{ a }}'}}", "\"\\\"x\\\", \"", "\"[x]\""),
        (
            "{header: {ETag: {not: {matches: '^\"{{ a }}'}}}}",
            "\"v8\"",
            "\"v7\"",
        ),
        ("{json: {$.id: {matches: '^{{ a }}$'}}}", "7", "77"),
        ("{size: '{{ a }}'}", "77", "78"),
        ("{size: '< {{ a }}'}", "\"1KiB\"", "\"50B\""),
        ("{size: '>= {{ a }}B'}", "\"50\"", "84"),
        ("{time: '{{ a }}'}", "\"1ms\"", "\"1us\""),
        ("{time: '< {{ a }}us'}", "2", "1"),
        ("{status: '{{ a }}'}", "200", "201"),
        ("{status: '{{ a }}'}", "\"2xx\"", "\"3xx\""),
    ] {
        assert_eq!(expected(expect, sound, body), "ok", "{expect}");
        let words = expected(expect, broken, body);
        assert!(
            words.starts_with("expected ") || words == "status 200",
            "{expect}: {words}"
        );
    }
    assert_eq!(
        expected("{json: {$.id: '{{ a }}'}}", "8", body),
        "expected $.id == {{ a }}"
    );
    assert_eq!(
        expected("{json: {$.id: {above: '{{ a }}'}}}", "\"x\"", body),
        "expected $.id > {{ a }}, but a variable in it has no usable value"
    );
    // Also where the words are too short to show the variable.
    let long =
        "{json: {$.name: {contains: 'more characters than the words for people have {{ a }}'}}}";
    assert_eq!(
        expected(long, "null", body),
        "expected $.name to contain \"more characters than the words for peopl…\", but a variable in it has no usable value"
    );
}

#[test]
fn what_cannot_be_compared_with_says_so() {
    for (expect, words) in [
        ("{time: '{{ a }}'}", "a response within {{ a }}"),
        ("{time: '< {{ a }}'}", "a response within {{ a }}"),
        ("{size: '> {{ a }}'}", "a body of size > {{ a }}"),
        (
            "{text: {matches: '{{ a }}{9}'}}",
            "a body to match `{{ a }}{9}`",
        ),
    ] {
        for a in ["null", "\"-1\"", "500"] {
            let large = format!("\"{}\"", "x".repeat(200_000));
            let a = match expect.contains("matches") {
                true => large.as_str(),
                false if a == "500" && expect.contains("size") => "\"5x\"",
                false => a,
            };
            let expected_words =
                format!("expected {words}, but a variable in it has no usable value");
            assert_eq!(expected(expect, a, "{}"), expected_words, "{expect} {a:.9}");
        }
    }
    assert_mistakes(
        "variables_in_expectations",
        after_set,
        &[
            "{get: /, expect: {text: {matches: '({{ a }}'}}}",
            "{get: /, expect: {text: {matches: '{{ a'}}}",
            "{get: /, expect: {time: '{{ a + }}'}}",
            "{get: /, expect: {time: '{{ 500 }}'}}",
        ],
    );
}

/// A task of `set: {a: 1}` and this step.
fn after_set(step: &str) -> String {
    format!(
        "user_classes:\n  U:\n    tasks:\n      t:\n        - set: {{a: 1}}\n        - {step}\n"
    )
}

#[test]
fn what_looks_like_a_test_is_not_compared_as_an_object() {
    assert_mistakes(
        "misspelt_tests",
        |test| after_set(&format!("{{get: /, expect: {{json: {{$.x: {test}}}}}}}")),
        &[
            "{equal: 5}",
            "{exist: 5}",
            "{contain: 5}",
            "{match: 5}",
            "{eq: 5}",
            "{gt: 5}",
        ],
    );
    for object in ["{id: 5}", "{equal: 5, other: 6}", "{equals: {equal: 5}}"] {
        let step = format!("{{get: /, expect: {{json: {{$.x: {object}}}}}}}");
        assert!(try_load(&after_set(&step)).is_ok(), "{object}");
    }
}

#[test]
fn small_things_are_as_one_would_expect() {
    assert_mistakes(
        "small_things",
        after_set,
        &[
            "{get: /, expect: {time: 500}}",
            "{if: a =< 3, then: [{get: /}]}",
            "{if: a => 3, then: [{get: /}]}",
            "{get: /, <<: 5}",
        ],
    );
    let unlikely = "{choose: [{steps: []}, {weight: 9, steps: [{get: /}]}]}";
    assert!(try_load(&after_set(unlikely)).is_ok());
    let program = program_of_steps("- get: /\n  capture: {a: {json: '$.items[*].id', match: all}}");
    for (body, expected) in [
        (r#"{"items": []}"#, "[]"),
        (r#"{"items": [{"id": 1}]}"#, "[1]"),
    ] {
        let answer = ReceivedResponse {
            status: 200,
            head: HEAD.as_bytes(),
            earlier: &[],
            body: body.as_bytes(),
            body_size: body.len() as u64,
            charset: None,
            url: "",
            service_time_us: 1,
        };
        let mut variables = captured(&program, "0");
        judge(first_request(&program), answer, &mut variables).unwrap();
        assert_eq!(variables.text(SlotId(0)).unwrap(), expected);
    }
}
