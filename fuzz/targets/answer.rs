//! The body and head of an answer, judged and captured from in every way. The
//! first line is a JSON path.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use swarmdeck::program::{EvalContext, ReceivedResponse, Sequences, Variables};
use swarmdeck::scenario::{Environment, Source, load};

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let path = parts.next().and_then(|path| str::from_utf8(path).ok());
    let (Some(path), Some(body)) = (path, parts.next()) else {
        return;
    };
    let scenario = json!({"user_classes": {"U": {"tasks": {"t": [{"get": "/",
        "expect": {"json": {path: {"not": 77}}, "header": {"X-A": {"exists": false}}},
        "capture": {
            "a": {"json": path, "match": "all", "default": ""},
            "b": {"css": "p > a", "default": ""},
            "c": {"regex": "(a+)b", "default": ""},
            "d": {"body": true},
        },
    }]}}}});
    let source = Source::new("fuzz.json", scenario.to_string());
    let Ok(loaded) = load(&source, &Environment::default()) else {
        return;
    };
    let Ok(program) = loaded.compile(Some("http://127.0.0.1:1")) else {
        return;
    };
    let mut variables = Variables::new(program.slot_count());
    let answer = ReceivedResponse {
        status: 200,
        head: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        earlier: &[],
        body,
        url: "http://127.0.0.1:1/",
        body_size: body.len() as u64,
        charset: None,
        service_time_us: 1,
    };
    let mut around = EvalContext {
        rng: &mut fastrand::Rng::with_seed(1),
        unix_us: 0,
        sequences: &Sequences::default(),
    };
    let _ = program.requests[0].judge(answer, &mut variables, &mut around);
});
