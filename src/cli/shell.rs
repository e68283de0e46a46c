//! `swarmdeck completions SHELL` and `swarmdeck man`: made from the options.

use clap::{CommandFactory, ValueEnum};
use clap_complete::aot;

use crate::cli::args::Cli;
use crate::cli::console::{complain, print};
use crate::cli::exit::Exit;

/// A shell that we can complete for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Prints the completions of a shell.
pub(super) fn completions(shell: Shell) -> Exit {
    let shell = match shell {
        Shell::Bash => aot::Shell::Bash,
        Shell::Zsh => aot::Shell::Zsh,
        Shell::Fish => aot::Shell::Fish,
    };
    let mut script = Vec::new();
    aot::generate(shell, &mut Cli::command(), "swarmdeck", &mut script);
    print(String::from_utf8_lossy(&script));
    Exit::Success
}

/// Prints the manual page.
pub(super) fn man() -> Exit {
    let mut page = Vec::new();
    if let Err(error) = clap_mangen::Man::new(Cli::command()).render(&mut page) {
        complain(format!("the manual page cannot be made: {error}"));
        return Exit::Fault;
    }
    print(String::from_utf8_lossy(&page));
    Exit::Success
}
