//! `cargo bench --bench verdicts`: whether verdicts and named causes are right, of
//! runs of which it is known what they have to be.
//!
//! `docs/benchmarks.md` says how it is done and what came out.

#![expect(clippy::print_stderr, reason = "a program for a terminal")]

mod case;
mod cases;
mod causes;
mod cores;
mod criterion;
mod disturb;
mod error;
#[path = "../folder/mod.rs"]
mod folder;
mod generator;
mod lab;
mod label;
mod options;
mod outcome;
mod results;
mod scenario;
mod score;
mod session;
mod table;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

use crate::options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    match session::run(&options) {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("verdicts: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a result; whoever does not want to read it may close the pipe.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
