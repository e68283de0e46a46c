//! oha, without its display.

use std::process::Command;

use crate::cost::Cost;
use crate::error::BenchError;
use crate::outputs;

use super::generator::Context;
use super::program::Program;

/// Runs it.
pub(super) async fn run(ground: &Context, users: u32) -> Result<Cost, BenchError> {
    let mut command = Command::new("oha");
    command.args(["--no-tui", "--output-format", "json"]);
    command.args(["-c", &users.to_string()]);
    command.args(["-z", &format!("{}s", ground.time.as_secs())]);
    command.arg(ground.target.url());
    let program = Program {
        name: "oha",
        remedy: "cargo install oha",
        command,
    };
    program.run(ground.time).await?.cost(outputs::oha)
}
