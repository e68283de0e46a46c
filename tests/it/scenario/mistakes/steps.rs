//! Requests: addresses, bodies, expectations and captures.

use super::{mistakes, step, with};
use crate::support::assert_snapshot;

#[test]
fn of_requests() {
    let mut messages = mistakes(
        |request| with(&format!("    tasks: {{t: [{request}]}}")),
        &[
            "{post: /, json: {}, body: x}",
            "{get: x}",
            "{get: 'ftp://x/'}",
            "{get: '/a#b'}",
            "{get: '{{ token }}#top'}",
        ],
    );
    messages += &mistakes(
        step,
        &[
            "timeout: never",
            "expect: {status: 20}",
            "expect: {status: [200, 6xx]}",
            "expect: {time: fast}",
            "expect: {json: {a: 1}}",
            "expect: {text: {matches: '({{ token }}'}}",
        ],
    );
    messages += &mistakes(
        step,
        &[
            "capture: {id: $.id}",
            "capture: {id: {jsn: $.id}}",
            "capture: {id: {json: id}}",
            "capture: {id: {json: '$.a[?'}}",
            "capture: {id: {regex: '('}}",
            "capture: {id: {json: $.a, header: X}}",
            "capture: {env: {json: $.a}}",
            "capture: {never: null}",
        ],
    );
    assert_snapshot("mistakes/requests", &messages);
}
