//! A run file, and every report that is made of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmdeck::report::{RunFile, json, junit, markdown};

fuzz_target!(|text: &str| {
    if let Ok(run) = RunFile::from_json(text) {
        let again = run.to_json().expect("what was read can be written");
        let _ = RunFile::from_json(&again).expect("what was written can be read");
        let runs = std::slice::from_ref(&run);
        let _ = markdown(runs);
        let _ = junit(runs);
        let _ = json(runs);
    }
});
