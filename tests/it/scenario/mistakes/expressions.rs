//! Expressions and what they name.

use super::{mistakes, step, with};
use crate::scenario::try_load;
use crate::support::assert_snapshot;

#[test]
fn of_expressions() {
    let hole = |hole: &str| step(&format!("body: 'x{{{{ {} }}}}'", hole.replace('\'', "''")));
    let mut messages = mistakes(
        hole,
        &[
            "tokne",
            "nothing_like_it",
            "HOME_TOWN",
            "uuid",
            "uid()",
            "int(1)",
            "int(5, 1)",
            "int(1.5, 2)",
            "int('a', 2)",
            "hex(0)",
            "choice([])",
            "now('%!')",
            "env.HOME_TOWM",
            "env.NOPE and 1",
            "1 +",
            "1 2",
            "token = 1",
            "token | uper",
            "'abc",
            "'a' - 1",
            "1 / 0",
            "",
            &"(".repeat(100),
            &"1+".repeat(100),
        ],
    );
    messages += &mistakes(step, &["body: '{{ token'"]);
    messages += &mistakes(
        |condition| {
            with(&format!(
                "    tasks:\n      t:\n        when: {condition}\n        steps: [{{get: /}}]"
            ))
        },
        &["now() == 'x'"],
    );
    messages += &mistakes(step, &["body: '{{ env.NOPE or env.NEITHER }}'"]);
    let other_class = "user_classes:
  A:
    tasks: {t: [{get: /, capture: {id: {json: $.id}}}]}
  B:
    tasks: {t: [{get: '/{{ id }}'}]}
";
    messages += &mistakes(str::to_owned, &[other_class]);
    assert_snapshot("mistakes/expressions", &messages);
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
}
