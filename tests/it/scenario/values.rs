//! What answers are tested for, and what is captured of them.

use swarmdeck::model::SlotId;
use swarmdeck::program::{Program, ReceivedResponse, Variables};

use super::mistakes::assert_mistakes;
use super::{first_request, program_of_steps};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Left: 7\r\n\
    Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n";

fn judge(program: &Program, body: &str, variables: &mut Variables) -> Result<(), String> {
    let answer = ReceivedResponse {
        status: 200,
        head: HEAD.as_bytes(),
        earlier: &[],
        body: body.as_bytes(),
        url: "",
        body_size: body.len() as u64,
        charset: None,
        service_time_us: 1,
    };
    super::judge(first_request(program), answer, variables)
        .map_err(|failure| program.describe(failure))
}

/// The words for what is wrong, or "ok".
fn expect(expect: &str, body: &str) -> String {
    let program = program_of_steps(&format!("- get: /\n  expect: {expect}"));
    match judge(&program, body, &mut Variables::new(2)) {
        Ok(()) => "ok".to_owned(),
        Err(words) => words,
    }
}

/// What a capture of `a` gives as text, or the words of its failure.
fn capture(capture: &str, body: &str) -> String {
    let program = program_of_steps(&format!("- get: /\n  capture: {{a: {capture}}}"));
    let mut variables = Variables::new(2);
    match judge(&program, body, &mut variables) {
        Ok(()) => variables.text(SlotId(0)).unwrap().into_owned(),
        Err(words) => words,
    }
}

const JSON: &str =
    r#"{"state": "ready", "n": 5, "list": [1, "two", {"x": 3}], "none": null, "o": {"count": 2}}"#;

#[test]
fn json_values_are_tested() {
    for sound in [
        "{$.state: {equals: ready}}",
        "{$.state: {not: failed}}",
        "{$.state: {not: {contains: fail}}}",
        "{$.state: {matches: '^re'}, $.n: {above: 4, below: 5.5}}",
        "{$.list: {count: 3}}",
        "{$.list: {count: '> 2'}}",
        "{'$.list[*]': {count: '>= 3'}}",
        "{$.nothing: {count: 0}}",
        "{$.list: {contains: two}}",
        "{$.n: {matches: '^5$'}}",
        "{$.o: {equals: {count: 2}}}",
        "{$.o: {count: 1}}",
        "{$.nothing: {exists: false}, $.none: {exists: true}}",
        "{$.nothing: {not: {exists: true}}}",
    ] {
        assert_eq!(expect(&format!("{{json: {sound}}}"), JSON), "ok", "{sound}");
    }
    for (broken, words) in [
        ("{$.n: {above: 5}}", "expected $.n > 5"),
        ("{$.n: {below: 5}}", "expected $.n < 5"),
        ("{$.state: {above: 1}}", "expected $.state > 1"),
        ("{$.state: {not: ready}}", "expected $.state != \"ready\""),
        (
            "{$.nothing: {not: ready}}",
            "expected $.nothing != \"ready\"",
        ),
        ("{$.state: {matches: x}}", "expected $.state to match `x`"),
        (
            "{$.state: {not: {matches: r}}}",
            "expected $.state not to match `r`",
        ),
        (
            "{$.state: {contains: x}}",
            "expected $.state to contain \"x\"",
        ),
        ("{$.list: {count: 2}}", "expected $.list to have 2 elements"),
        (
            "{$.list: {count: \"< 3\"}}",
            "expected $.list to have < 3 elements",
        ),
        (
            "{$.list: {contains: tw}}",
            "expected $.list to contain \"tw\"",
        ),
        // Not all keys are words of tests: an object to be equal to.
        (
            "{$.o: {count: 2, x: 1}}",
            r#"expected $.o == {"count":2,"x":1}"#,
        ),
    ] {
        assert_eq!(expect(&format!("{{json: {broken}}}"), JSON), words);
    }
    for test in ["{count: 0}", "{exists: false}", "{not: 1}"] {
        let words = expect(&format!("{{json: {{$.a: {test}}}}}"), "<html>");
        assert_ne!(words, "ok", "{test} says nothing about what is no JSON");
    }
}

#[test]
fn headers_and_bodies_are_tested() {
    for sound in [
        "{header: {content-type: {matches: json}, X-Left: 7}}",
        "{header: {X-Left: {above: 6, below: 8}, Set-Cookie: {count: 2, contains: b=}}}",
        "{header: {X-None: {exists: false}, X-Left: {not: '8'}}}",
        "{text: hello}",
        "{text: {contains: hello, not: {contains: error}}}",
        "{text: {matches: 'w\\w+d$', equals: hello world}}",
        "{size: 11}",
        "{size: < 1KiB}",
        "{size: '>= 11B'}",
    ] {
        assert_eq!(expect(sound, "hello world"), "ok", "{sound}");
    }
    for (broken, words) in [
        ("{header: {X-Left: '8'}}", "expected header X-Left == \"8\""),
        ("{header: {X-No: {exists: true}}}", "expected header X-No"),
        (
            "{header: {X-No: {not: a}}}",
            "expected header X-No != \"a\"",
        ),
        (
            "{text: {not: {contains: hello}}}",
            "expected a body not to contain \"hello\"",
        ),
        ("{size: < 11}", "expected a body of < 11 bytes"),
        // In the order of the table, not of the file.
        (
            "{size: 1, header: {X-No: a}}",
            "expected header X-No == \"a\"",
        ),
    ] {
        assert_eq!(expect(broken, "hello world"), words);
    }
}

#[test]
fn captures_come_from_everywhere() {
    let html = "<form><input name=csrf value='t&amp;1'></form><p>one</p><p> two</p>";
    assert_eq!(
        capture("{css: 'input[name=csrf]', attribute: value}", html),
        "t&1"
    );
    assert_eq!(capture("{css: p, match: last}", html), "two");
    assert_eq!(capture("{css: p, match: all}", html), r#"["one","two"]"#);
    assert_eq!(capture("{regex: '<p>(.*?)<', match: 2}", html), " two");
    assert_eq!(capture("{body: true}", "x y"), "x y");
    assert_eq!(capture("{status: true}", ""), "200");
    assert_eq!(capture("{header: set-cookie, match: last}", ""), "b=2");
    assert_eq!(
        capture("{json: '$.list[*]', match: all}", JSON),
        r#"[1,"two",{"x": 3}]"#
    );
    assert_eq!(capture("{json: '$.list[*]', match: 2}", JSON), "two");
    assert_eq!(
        capture("{json: $.nothing, default: [1, a]}", JSON),
        r#"[1,"a"]"#
    );
    assert_eq!(capture("{json: $.nothing, default: null}", JSON), "null");
    assert_eq!(
        capture("{css: form > a, attribute: href}", html),
        "capture \"a\": css form > a with `href` found nothing"
    );
    assert_eq!(
        capture("{regex: '<p>(.*?)<', match: 3}", html),
        "capture \"a\": regex <p>(.*?)< found nothing"
    );
}

#[test]
fn what_makes_no_sense_is_a_mistake() {
    let file = |step: &str| {
        format!("user_classes:\n  U:\n    tasks:\n      t:\n        - get: /\n          {step}\n")
    };
    assert_mistakes(
        "captures_and_tests",
        file,
        &[
            "capture: {a: {css: 'p['}}",
            "capture: {a: {json: $.a, attribute: x}}",
            "capture: {a: {json: $.a, match: 0}}",
            "capture: {a: {body: true, match: last}}",
            "capture: {a: {status: false}}",
            "capture: {a: {json: $.a, css: p}}",
            "capture: {a: {match: last}}",
            "capture: {a: {jsn: $.a}}",
            "capture: {a: {json: $.a, default: '{{ x }}'}}",
            "expect: {json: {$.a: {matches: '('}}}",
            "expect: {json: {$.a: {count: '> x'}}}",
            "expect: {json: {$.a: {above: '3'}}}",
            "expect: {header: {A: {equal: 3}}}",
            "expect: {text: {count: 3}}",
            "expect: {size: < big}",
            "expect: {text: {}}",
            "expect: {json: {$.a: {not: {above: 1, below: 0}}}}",
        ],
    );
}
