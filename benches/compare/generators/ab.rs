//! `ApacheBench`, keeping connections.

use std::process::Command;

use crate::cost::Cost;
use crate::error::BenchError;
use crate::outputs;

use super::generator::Context;
use super::program::Program;

/// More requests a second than it can make; it sets room aside for all.
const MOST_PER_SECOND: u64 = 200_000;

/// Runs it.
pub(super) async fn run(ground: &Context, users: u32) -> Result<Cost, BenchError> {
    let seconds = ground.time.as_secs();
    let mut command = Command::new("ab");
    command.args(["-q", "-k", "-c", &users.to_string()]);
    // A time limit sets a number of requests, unless one comes after it.
    command.args(["-t", &seconds.to_string()]);
    command.args(["-n", &(seconds * MOST_PER_SECOND).to_string()]);
    command.arg(format!("{}/", ground.target.url()));
    let program = Program {
        name: "ab",
        remedy: "on Debian, apt-get install apache2-utils",
        command,
    };
    program.run(ground.time).await?.cost(outputs::ab)
}
