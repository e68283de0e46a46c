//! A user's cookies: a line is a request's path, host or `Set-Cookie`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmdeck::client::fuzzing::cookies;

fuzz_target!(|data: &[u8]| cookies(data));
