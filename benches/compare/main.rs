//! `cargo bench --bench compare`: what a request costs Swarmdeck, and what it
//! costs wrk, oha, hey, ab and Locust, on the machine it is run on.
//!
//! `docs/benchmarks.md` says how it is measured and what came out.

#![expect(clippy::print_stderr, reason = "a program for a terminal")]

mod cost;
mod error;
#[path = "../floor/mod.rs"]
mod floor;
#[path = "../folder/mod.rs"]
mod folder;
mod generators;
mod interval;
#[path = "../machine/mod.rs"]
mod machine;
mod measure;
mod options;
mod outputs;
mod resource_usage;
mod rows;
mod session;
mod table;
mod target;
#[path = "../traffic/mod.rs"]
mod traffic;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

use crate::options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    if options.list {
        for row in rows::all() {
            say(&format!("{:12} {}\n", row.id, row.what));
        }
        return ExitCode::SUCCESS;
    }
    match session::run(&options) {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("compare: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a result; whoever does not want to read it may close the pipe.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
