//! Bytes of answers that are no UTF-8: found, captured, sent on.

use swarmdeck::model::{Charset, SlotId};
use swarmdeck::program::{Program, ReceivedResponse, Variables};

use super::{compile, first_request, message, program_of_steps};

fn answer<'a>(content_type: &str, head: &'a [u8], body: &'a [u8]) -> ReceivedResponse<'a> {
    ReceivedResponse {
        status: 200,
        head,
        earlier: &[],
        body,
        body_size: body.len() as u64,
        url: "",
        charset: Charset::of_content_type(content_type.as_bytes()),
        service_time_us: 1,
    }
}

fn judge(program: &Program, answer: ReceivedResponse<'_>, variables: &mut Variables) -> String {
    match super::judge(first_request(program), answer, variables) {
        Ok(()) => "ok".to_owned(),
        Err(failure) => program.describe(failure),
    }
}

#[test]
fn a_body_is_read_by_its_charset() {
    let program = program_of_steps("- get: /\n  expect: {text: café}");
    for (content_type, body) in [
        ("text/plain; charset=ISO-8859-1", &b"un caf\xe9 noir"[..]),
        ("text/plain; charset=utf-16le", b"c\0a\0f\0\xe9\0"),
        ("text/plain", b"\xfe\xff\0c\0a\0f\0\xe9"),
        ("text/plain; charset=utf-8", b"caf\xc3\xa9 and a stray \xff"),
        ("text/html", b"<meta charset='windows-1252'><p>caf\xe9"),
        ("text/plain", b"caf\xe9"),
        ("text/plain; charset=klingon", b"caf\xc3\xa9"),
    ] {
        let answer = answer(content_type, b"", body);
        let judged = judge(&program, answer, &mut Variables::new(2));
        assert_eq!(judged, "ok", "{content_type}: {}", body.escape_ascii());
    }
}

#[test]
fn marks_and_charsets_do_not_hide_json() {
    let program = program_of_steps("- get: /\n  capture: {a: {json: $.v}}");
    for (content_type, body) in [
        (
            "application/json",
            &b"\xef\xbb\xbf{\"v\": \"caf\xc3\xa9\"}"[..],
        ),
        ("application/json; charset=latin1", b"{\"v\": \"caf\xe9\"}"),
        (
            "application/json",
            b"\xff\xfe{\0\"\0v\0\"\0:\0\"\0c\0a\0f\0\xe9\0\"\0}\0",
        ),
    ] {
        let mut variables = Variables::new(2);
        let answer = answer(content_type, b"", body);
        assert_eq!(judge(&program, answer, &mut variables), "ok");
        assert_eq!(variables.text(SlotId(0)).as_deref(), Some("café"));
    }
}

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nLocation: /caf\xe9?n=\xfc\r\n\
    Set-Cookie: who=\xfc; Path=/\r\n\r\n";

/// What a second request sends of what a capture of a first one found.
fn sent(capture: &str, second: &str, body: &[u8]) -> Vec<u8> {
    let program = compile(&format!(
        "user_classes:\n  U:\n    tasks:\n      t:\n        - get: /\n          capture: {{a: {capture}}}\n        - {second}\n"
    ));
    let mut variables = Variables::new(2);
    let answer = answer("", HEAD, body);
    assert_eq!(judge(&program, answer, &mut variables), "ok", "{capture}");
    message(&program.requests[1], &variables)
}

/// What is captured, where it is sent, a body, and what is in the message.
const SENT_ON: [(&str, &str, &[u8], &[u8]); 12] = [
    (
        "{header: X-Name}",
        "{get: /, headers: {X-A: '{{ a }}'}}",
        b"",
        b"X-A: caf\xe9\r\n",
    ),
    (
        "{header: X-Name}",
        "{get: '/{{ a }}?q={{ a }}'}",
        b"",
        b"GET /caf%E9?q=caf%E9 ",
    ),
    (
        "{header: X-Name}",
        "{post: /, json: '{{ a }}'}",
        b"",
        "\"café\"".as_bytes(),
    ),
    (
        "{header: X-Name}",
        "{post: /, form: {n: '{{ a }}'}}",
        b"",
        b"n=caf%E9",
    ),
    (
        "{cookie: who}",
        "{get: /, headers: {X-A: 'x{{ a }}'}}",
        b"",
        b"X-A: x\xfc\r\n",
    ),
    (
        "{header: Location}",
        "{post: /, body: '{{ a }}'}",
        b"",
        b"/caf%E9?n=%FC",
    ),
    (
        "{body: true}",
        "{post: /, body: '{{ a }}'}",
        b"\x89PNG\xff\0",
        b"\r\n\r\n\x89PNG\xff\0",
    ),
    (
        "{body: true}",
        "{post: /, body: '{{ a | base64 }}'}",
        b"\x89PNG\xff\0",
        b"iVBOR/8A",
    ),
    (
        "{body: true}",
        "{post: /, body: '{{ a | md5 }}'}",
        b"\xe9",
        b"3406877694691ddd1dfb0aca54681407",
    ),
    (
        "{regex: 'n=(.*);'}",
        "{post: /, body: '{{ a }}'}",
        b"n=caf\xe9;",
        b"\r\n\r\ncaf\xe9",
    ),
    (
        "{regex: 'n=(.*);'}",
        "{post: /, body: '{{ a }}'}",
        "n=café;".as_bytes(),
        "\r\n\r\ncafé".as_bytes(),
    ),
    (
        "{css: p}",
        "{post: /, body: '{{ a }}'}",
        b"<p>caf\xe9&hellip;",
        "\r\n\r\ncafé…".as_bytes(),
    ),
];

#[test]
fn bytes_are_sent_on_as_they_came() {
    let holds = |message: &[u8], part: &[u8]| message.windows(part.len()).any(|w| w == part);
    for (capture, second, body, expected) in SENT_ON {
        let message = sent(capture, second, body);
        assert!(
            holds(&message, expected),
            "{capture} {second}: {}",
            message.escape_ascii()
        );
    }
}

#[test]
fn fields_are_tested_as_text() {
    let program = program_of_steps(
        "- get: /\n  expect: {header: {X-Name: café, Set-Cookie: {contains: ü}, Location: {exists: true}}}",
    );
    let answer = answer("", HEAD, b"");
    assert_eq!(judge(&program, answer, &mut Variables::new(2)), "ok");
}

#[test]
fn json_that_other_parsers_read_is_read() {
    let program = program_of_steps(
        "- get: /\n  expect: {json: {$.n: NaN, $.d: 2, $..d: 2}}\n  capture: {a: {json: $.v}, b: {json: '$..v', match: all}}",
    );
    let body = br#"{"n": NaN, "d": 1, "v": "x\ud800", "d": 2, "m": [-Infinity]}"#;
    let mut variables = Variables::new(2);
    let answer = answer("application/json", b"", body);
    assert_eq!(judge(&program, answer, &mut variables), "ok");
    assert_eq!(variables.text(SlotId(0)).as_deref(), Some("x\u{fffd}"));
    assert_eq!(variables.text(SlotId(1)).as_deref(), Some(r#"["x\ufffd"]"#));
}

#[test]
fn a_capture_of_no_character_is_not_unset() {
    let program = program_of_steps("- get: /\n  capture: {a: {json: $.v}, b: {json: $.o}}");
    let body = br#"{"v": "\udfff", "o": {"\ud800": "\ud800"}}"#;
    let mut variables = Variables::new(2);
    let answer = answer("application/json", b"", body);
    assert_eq!(judge(&program, answer, &mut variables), "ok");
    assert_eq!(variables.text(SlotId(0)).as_deref(), Some("\u{fffd}"));
}
