//! An expression in a path and a body, with values of several types behind
//! its variables `a` and `b`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use swarmdeck::model::{SlotId, Slots};
use swarmdeck::program::{EvalContext, Scratch, Sequences, Variables};
use swarmdeck::scenario::{Environment, Source, load};

const VALUES: [(&str, &str); 4] = [
    ("7", "0"),
    ("[1, \"x\", null]", "{\"a\": {\"b\": -1.5}}"),
    ("\"text\"", "true"),
    ("1e308", "9223372036854775807"),
];

fuzz_target!(|expression: &str| {
    let hole = format!("{{{{ {expression} }}}}");
    let scenario = json!({
        "data": {"rows": {"rows": [{"x": 1}]}},
        "user_classes": {"U": {"tasks": {"t": {"when": expression, "steps": [
            {"get": "/seed", "capture": {"a": {"json": "$.a"}, "b": {"json": "$.b"}}},
            {"post": format!("/{hole}"), "json": {"v": hole}},
        ]}}}},
    });
    let source = Source::new("fuzz.json", scenario.to_string());
    let Ok(loaded) = load(&source, &Environment::default()) else {
        return;
    };
    let Ok(program) = loaded.compile(Some("http://127.0.0.1:1")) else {
        return;
    };
    let mut rng = fastrand::Rng::with_seed(1);
    let sequences = Sequences::new(1, &Slots::all());
    for (a, b) in VALUES {
        let mut variables = Variables::new(program.slot_count());
        variables.set_json(SlotId(0), a);
        variables.set_json(SlotId(1), b);
        for request in &program.requests {
            let mut around = EvalContext {
                rng: &mut rng,
                unix_us: 1_700_000_000_000_000,
                sequences: &sequences,
            };
            let _ = request.render(&variables, &mut around, &mut Scratch::default());
        }
        let _ = program.classes[0].tasks.pick(&variables, &mut rng);
    }
});
