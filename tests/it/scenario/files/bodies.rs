//! Bodies of parts, of files, and of queries.

use std::path::Path;

use swarmdeck::program::{EvalContext, Scratch, Sequences, Variables};
use swarmdeck::scenario::Diagnostic;

use super::data::{folder, read};
use crate::scenario::first_request;
use crate::scenario::mistakes::described;
use crate::support::assert_snapshot;

const PICTURE: &[u8] = b"\x89PNG\r\n\0\xFF";

/// Head and body of what a step sends, by user number 1.
fn send(folder: &Path, step: &str) -> Result<(String, Vec<u8>), Vec<Diagnostic>> {
    let text =
        format!("user_classes:\n  U:\n    tasks:\n      t:\n        - post: /\n          {step}\n");
    let program = read(folder, &text)?;
    let mut rng = fastrand::Rng::with_seed(1);
    let mut context = EvalContext {
        rng: &mut rng,
        unix_us: 0,
        sequences: &Sequences::default(),
    };
    let mut scratch = Scratch::default();
    let mut variables = Variables::new(program.slot_count());
    variables.begin(1, "U");
    let rendered = first_request(&program).render(&variables, &mut context, &mut scratch);
    let rendered = rendered.unwrap();
    let (head, body) = rendered.bytes.split_at(rendered.head_len);
    Ok((String::from_utf8(head.to_vec()).unwrap(), body.to_vec()))
}

#[test]
fn a_file_is_sent_byte_by_byte() {
    let folder = folder("file", &[("p.png", PICTURE)]);
    let with_hole = "file: p.png\n          headers: {X-Hole: '{{ user.number }}'}";
    for step in ["file: p.png", with_hole] {
        let (head, body) = send(&folder, step).unwrap();
        let types = "Content-Type: image/png\r\n";
        assert!(
            head.contains(types) && head.contains("Content-Length: 8\r\n"),
            "{head}"
        );
        assert_eq!(body, PICTURE);
    }
}

#[test]
fn a_multipart_body_is_what_a_browser_sends() {
    let folder = folder("parts", &[("p.png", PICTURE), ("q.json", b"{\"q\": 1}")]);
    let step = "multipart: {\"no\\\"te\": 'hi {{ user.number }}', \
        p: {file: p.png, filename: 'p{{ user.number }}.png'}, \
        j: [{text: '{}', type: application/json}, {file: q.json}]}";
    let (head, body) = send(&folder, step).unwrap();
    let boundary = head.split("boundary=").nth(1).unwrap();
    let boundary = boundary.lines().next().unwrap();
    let part = |head: &str, body: &[u8]| {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        [head.as_bytes(), body, b"\r\n"].concat()
    };
    let parts = [
        part("name=\"no%22te\"", b"hi 1"),
        part(
            "name=\"p\"; filename=\"p1.png\"\r\nContent-Type: image/png",
            PICTURE,
        ),
        part("name=\"j\"\r\nContent-Type: application/json", b"{}"),
        part(
            "name=\"j\"; filename=\"q.json\"\r\nContent-Type: application/json",
            b"{\"q\": 1}",
        ),
        format!("--{boundary}--\r\n").into_bytes(),
    ];
    assert_eq!(body, parts.concat());
    let length = format!("Content-Length: {}\r\n", body.len());
    assert!(head.contains(&length), "{head}");
}

#[test]
fn a_boundary_stands_in_no_part() {
    let folder = folder("boundary", &[]);
    let (head, _) = send(&folder, "multipart: {a: b}").unwrap();
    let first = head
        .split("boundary=")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    let (head, _) = send(&folder, &format!("multipart: {{a: 'x{first}'}}")).unwrap();
    let second = head
        .split("boundary=")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    assert_ne!(first, second);
}

#[test]
fn graphql_is_json() {
    let folder = folder("graphql", &[]);
    let (head, body) = send(&folder, "graphql: '{ items { id } }'").unwrap();
    assert!(head.contains("Content-Type: application/json\r\n"));
    assert_eq!(body, br#"{"query":"{ items { id } }"}"#);
    let step = "graphql: {query: 'query Q($n: Int) { x(n: $n) }', \
        variables: {n: '{{ user.number }}'}, operation: Q}";
    let (_, body) = send(&folder, step).unwrap();
    assert_eq!(
        String::from_utf8(body).unwrap(),
        r#"{"query":"query Q($n: Int) { x(n: $n) }","variables":{"n":1},"operationName":"Q"}"#
    );
}

#[test]
fn mistakes_are_found() {
    let folder = folder("body-mistakes", &[]);
    let cases = [
        "file: none.png",
        "file: '{{ x }}'",
        "multipart: {a: {filename: x}}",
        "multipart: {a: {fil: x}}",
        "multipart: [a]",
        "graphql: {variables: {}}",
        "graphql: [1]",
    ];
    let messages = cases.map(|step| {
        let mistakes = send(&folder, step).expect_err(step);
        described(step, &mistakes).replace(&folder.display().to_string(), "FOLDER")
    });
    assert_snapshot("mistakes/bodies", &messages.concat());
}

/// `Content-Type` of what a step sends in a class with these headers.
fn type_in(class_headers: &str, step: &str) -> String {
    let folder = folder("types", &[("p.png", PICTURE), ("p.bin", PICTURE)]);
    let text = format!(
        "user_classes:\n  U:\n    headers: {class_headers}\n    tasks:\n      t:\n        - post: /\n          {step}\n"
    );
    let program = read(&folder, &text).unwrap();
    let message = crate::scenario::message(
        first_request(&program),
        &Variables::new(program.slot_count()),
    );
    let message = String::from_utf8_lossy(&message).into_owned();
    let mut fields = message.lines().filter_map(|line| line.split_once(": "));
    let kind = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    kind.map_or("none", |(_, kind)| kind).to_owned()
}

#[test]
fn the_type_of_a_body_counts_more_than_that_of_a_class() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let json = "{content-type: application/json}";
    for (class, step, expected) in [
        (json, "form: {a: 1}", FORM),
        (json, "file: p.png", "image/png"),
        (json, "json: {a: 1}", "application/json"),
        (json, "body: '{}'", "application/json"),
        (json, "file: p.bin", "application/json"),
        (json, "timeout: 1s", "application/json"),
        (
            "{Content-Type: application/vnd.api+json}",
            "json: {a: 1}",
            "application/vnd.api+json",
        ),
        (
            "{Content-Type: text/xml}",
            "json: {a: 1}",
            "application/json",
        ),
        (
            "{Content-Type: text/xml}",
            "form: {a: 1}\n          headers: {Content-Type: text/plain}",
            "text/plain",
        ),
        (
            "{Content-Type: 'application/x-www-form-urlencoded; charset=utf-8'}",
            "form: {a: 1}",
            "application/x-www-form-urlencoded; charset=utf-8",
        ),
        ("{Content-Type: null}", "form: {a: 1}", "none"),
        ("{X-A: b}", "form: {a: 1}", FORM),
    ] {
        assert_eq!(
            type_in(class, step).to_lowercase(),
            expected,
            "{class} {step}"
        );
    }
    let parts = type_in(json, "multipart: {a: b}");
    assert!(
        parts.starts_with("multipart/form-data; boundary="),
        "{parts}"
    );
}

#[test]
fn a_step_names_another_type_of_parts_without_its_boundary() {
    let folder = folder("related", &[]);
    let with =
        |kind: &str| format!("multipart: {{a: b}}\n          headers: {{Content-Type: '{kind}'}}");
    let (head, body) = send(&folder, &with("multipart/related; type=text/xml")).unwrap();
    let kind = head
        .lines()
        .find(|line| line.starts_with("Content-Type"))
        .unwrap();
    let (kind, boundary) = kind.split_once("; boundary=").unwrap();
    assert_eq!(kind, "Content-Type: multipart/related; type=text/xml");
    assert!(body.starts_with(format!("--{boundary}\r\n").as_bytes()));
    for kind in [
        "multipart/form-data; boundary=x",
        "application/json",
        "{{ user.class }}",
    ] {
        let problems = send(&folder, &with(kind)).unwrap_err();
        assert!(
            problems[0]
                .message
                .contains("a multipart type without a boundary"),
            "{kind}"
        );
    }
}
