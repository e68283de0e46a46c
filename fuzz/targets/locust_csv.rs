//! Locust's CSV files: the table, its failures and its history, with a line
//! `---` between them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmdeck::report::{CsvFile, CsvFiles, import_csv};

fuzz_target!(|text: &str| {
    let mut texts = text.split("---\n");
    let mut file = |name: &str| {
        texts.next().map(|text| CsvFile {
            name: name.to_owned(),
            text: text.to_owned(),
        })
    };
    let files = CsvFiles {
        prefix: "fuzz".to_owned(),
        stats: file("fuzz_stats.csv").unwrap_or_default(),
        failures: file("fuzz_failures.csv"),
        history: file("fuzz_stats_history.csv"),
    };
    if let Ok(run) = import_csv(&files) {
        let _ = run.to_json().expect("what was read can be written");
    }
});
