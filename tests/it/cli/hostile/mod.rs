//! What must not get out, must not do anything on a terminal, must not keep the
//! program from starting, and must not be lost silently.

mod foreign_text;
mod input_files;
mod lost_output;
mod secrets;
mod token;

use std::process::{Output, Stdio};

use tokio::process::Command;

use crate::support::{Folder, soon};

/// Runs a line of bash in a folder, with the program as `$P`.
async fn shell(folder: &Folder, environment: &[(&str, &str)], line: &str) -> Output {
    let mut bash = Command::new("bash");
    bash.args(["-c", line]).current_dir(folder.path());
    bash.env("P", env!("CARGO_BIN_EXE_swarmdeck"));
    bash.envs(environment.iter().copied());
    bash.env_remove("GITHUB_STEP_SUMMARY");
    bash.stdin(Stdio::null()).kill_on_drop(true);
    let output = soon("the end of a line", bash.output()).await;
    output.expect("bash")
}
