//! `swarmdeck completions SHELL` and `swarmdeck man`: made from the options.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory, ValueEnum};
use clap_complete::aot;

use crate::cli::args::Cli;
use crate::cli::console::{complain, print};
use crate::cli::exit::Exit;

/// The name that is completed.
const NAME: &str = "swarmdeck";

/// A shell that we can complete for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Prints the completions of a shell.
pub(super) fn completions(shell: Shell) -> Exit {
    print(match shell {
        Shell::Bash => generated(aot::Shell::Bash),
        Shell::Zsh => generated(aot::Shell::Zsh),
        Shell::Fish => fish(),
    });
    Exit::Success
}

/// The script of a shell, as it is generated.
fn generated(shell: aot::Shell) -> String {
    let mut script = Vec::new();
    aot::generate(shell, &mut command(), NAME, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// What can be typed, less the names of user classes: scripts know none of
/// them, and in zsh they would take the place of the commands, whose options
/// would never be completed.
fn command() -> Command {
    let all = Cli::command();
    let options = all.get_arguments().filter(|arg| !arg.is_positional());
    Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .args(options)
        .subcommands(all.get_subcommands().cloned())
}

/// The script of fish, with two things that the generator does not do.
fn fish() -> String {
    // An option whose value is still to be typed is a mistake to `argparse`, and
    // then neither commands nor options were offered: a value completes the line.
    let parse = |more: &str| {
        format!("argparse -s (__fish_{NAME}_global_optspecs) -- $cmd{more} 2>/dev/null\n")
    };
    let twice = format!("{}    or {}", parse(""), parse(" x"));
    let mut script = generated(aot::Shell::Fish).replace(&parse(""), &twice);
    // Only options are completed, not what stands by itself.
    for command in Cli::command().get_subcommands() {
        let values = command.get_positionals().flat_map(Arg::get_possible_values);
        let values: Vec<_> = values.map(|value| value.get_name().to_owned()).collect();
        if !values.is_empty() {
            let (name, values) = (command.get_name(), values.join(" "));
            let is_it = format!("__fish_{NAME}_using_subcommand {name}");
            // Writing to a string does not fail.
            let _ = writeln!(
                script,
                "complete -c {NAME} -n \"{is_it}\" -f -a \"{values}\""
            );
        }
    }
    script
}

/// Prints the manual page.
pub(super) fn man() -> Exit {
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(Cli::command()).date(env!("SWARMDECK_DATE"));
    if let Err(error) = man.render(&mut page) {
        complain(format!("the manual page cannot be made: {error}"));
        return Exit::Fault;
    }
    print(String::from_utf8_lossy(&page));
    Exit::Success
}
