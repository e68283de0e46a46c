//! Heads of HTTP/2: a message on its way out, and an answer read as HTTP/1.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmdeck::client::fuzzing::{http2_answer, http2_request};

fuzz_target!(|data: &[u8]| {
    http2_request(data);
    http2_answer(data);
});
