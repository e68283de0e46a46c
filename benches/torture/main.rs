//! `cargo bench --bench torture`: what is kept of what has to hold whatever
//! happens, while everything that can happen does.
//!
//! `docs/benchmarks.md` says how it is done and what came out.

#![expect(clippy::print_stderr, reason = "a program for a terminal")]

mod options;
mod rig;
mod table;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::runtime::Builder;

use crate::options::Options;
use crate::rig::error::BenchError;
use crate::rig::faults::{FAULTS, Fault};
use crate::rig::invariants::InvariantStatus;
use crate::rig::run::{Context, run};
use crate::table::Table;

fn main() -> ExitCode {
    let options = Options::parse();
    match sit(&options) {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("torture: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Makes rounds of runs until the time is over, and prints the table.
fn sit(options: &Options) -> Result<ExitCode, BenchError> {
    let only = options.only.as_deref().unwrap_or_default();
    let faults = FAULTS.iter().copied().flatten();
    let faults: Vec<&Fault> = faults.filter(|fault| fault.id.contains(only)).collect();
    if options.list {
        let lines = faults
            .iter()
            .map(|fault| format!("{}: {}\n", fault.id, fault.words));
        say(&lines.collect::<String>());
        return Ok(ExitCode::SUCCESS);
    }
    if faults.is_empty() {
        return Err(BenchError::SetUp(format!(
            "no fault has {only:?} in its id"
        )));
    }
    swarmdeck::probes::host::raise_descriptor_limit();
    let shown = options.out.display().to_string();
    std::fs::create_dir_all(&options.out).map_err(BenchError::io(&*shown))?;
    let out = options
        .out
        .canonicalize()
        .map_err(BenchError::io(&*shown))?;
    let program = std::path::absolute(&options.program).map_err(BenchError::io("the program"))?;
    let context = Context::new(program, out);
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(BenchError::io("a runtime"))?;
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    let begun = Instant::now();
    let most = Duration::from_secs(60 * options.minutes);
    let mut table = Table::default();
    let rounds = (0_u64..).take_while(|round| *round == 0 || begun.elapsed() < most);
    let runs = rounds.flat_map(|round| faults.iter().map(move |fault| (*fault, seed + round)));
    runtime.block_on(async {
        let runs = stream::iter(runs)
            .map(async |(fault, seed)| (fault, seed, run(&context, fault, seed).await));
        let mut runs = std::pin::pin!(runs.buffer_unordered(options.jobs));
        while let Some((fault, seed, outcome)) = runs.next().await {
            match outcome {
                Ok(outcome) => {
                    let broken = outcome
                        .cells
                        .iter()
                        .filter_map(|(invariant, cell)| match cell {
                            InvariantStatus::Broken(why) => {
                                Some(format!("; {}: {why}", invariant.heading()))
                            }
                            _ => None,
                        });
                    let broken: String = broken.collect();
                    eprintln!("{} (seed {seed}): {}{broken}", fault.id, outcome.words);
                    table.add(fault, outcome);
                }
                Err(trouble) => eprintln!("{} (seed {seed}): not made: {trouble}", fault.id),
            }
        }
    });
    let took = begun.elapsed().as_secs();
    say(&format!(
        "seed {seed}, {} runs in {took} s\n\n{table}",
        table.runs()
    ));
    if table.is_broken() {
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a result. A reader that closes the pipe is no error.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
