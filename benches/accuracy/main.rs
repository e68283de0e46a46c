//! `cargo bench --bench accuracy`: whether what Swarmdeck says is so.
//!
//! A target that delays its answers writes down how long it did; the
//! percentiles that Swarmdeck gives have to be those. Paced users have to start
//! when they were planned to, and many users as fast as they were to come. What was sent has to be what came.
//!
//! Each line says what was expected and what came out; the exit code is 1 if
//! one does not hold. `docs/benchmarks.md` says more.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod curve;
mod delays;
mod line;
#[path = "../machine/mod.rs"]
mod machine;
mod paced;
mod percentiles;
mod shard;
#[path = "../swarm/mod.rs"]
mod swarm;
mod target;

use std::process::ExitCode;

use crate::line::Line;

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("accuracy: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all of it holds.
fn measure() -> Result<bool, String> {
    machine::stay_on(machine::Core::Target)
        .map_err(|error| format!("two cores and Linux are needed: {error}"))?;
    machine::raise_descriptor_limit();
    let mut holds = true;
    print!("{}", Line::head());
    let mut say = |lines: Vec<Line>| {
        for line in lines {
            holds &= line.holds();
            print!("{line}");
        }
    };
    for delays in delays::ALL {
        say(percentiles::measure(delays)?);
    }
    say(paced::measure()?);
    say(curve::measure()?);
    Ok(holds)
}
