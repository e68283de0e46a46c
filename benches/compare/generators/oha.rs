//! oha, without its display.

use std::process::Command;

use crate::cost::Cost;
use crate::said;
use crate::trouble::Trouble;

use super::generator::Ground;
use super::program::Program;

/// Runs it.
pub(super) async fn run(ground: &Ground, users: u32) -> Result<Cost, Trouble> {
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
    program.run(ground.time).await?.cost(said::oha)
}
