//! Where a mistake is said to be.

use swarmdeck::scenario::{Colour, Source};

use super::{assert_mistakes, step};
use crate::scenario::{environment, try_load};

#[test]
fn places_survive_escapes_and_folding() {
    assert_mistakes(
        "places_after_escapes_and_folding",
        step,
        &[
            "body: 'it''s an {{ an }}'",
            "body: >\n            a\n            {{ a }}",
        ],
    );
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
    assert_mistakes("all_at_once", str::to_owned, &[text]);
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
