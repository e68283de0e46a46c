//! hey.

use std::process::Command;

use crate::cost::Cost;
use crate::said;
use crate::trouble::Trouble;

use super::generator::Ground;
use super::program::Program;

/// Runs it.
pub(super) async fn run(ground: &Ground, users: u32) -> Result<Cost, Trouble> {
    let mut command = Command::new("hey");
    command.args(["-c", &users.to_string()]);
    command.args(["-z", &format!("{}s", ground.time.as_secs())]);
    command.arg(ground.target.url());
    let program = Program {
        name: "hey",
        remedy: "on Debian, apt-get install hey",
        command,
    };
    program.run(ground.time).await?.cost(said::hey)
}
