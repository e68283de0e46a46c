//! `swarmdeck completions SHELL` and `swarmdeck man`: made from the options.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory, ValueEnum};
use clap_complete::aot;

use crate::cli::config::args::Cli;
use crate::cli::exit::Exit;
use crate::cli::terminal::console::{complain, print};

/// The name that is completed.
const NAME: &str = "swarmdeck";

/// A shell that we can complete for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Prints the completions of a shell.
pub(crate) fn completions(shell: Shell) -> Exit {
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

/// The command without the names of user classes: completion scripts know none
/// of them, and in zsh they would replace the commands, whose options would
/// never be completed.
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
    // Only options are completed, not positional arguments.
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
pub(crate) fn man() -> Exit {
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(Cli::command())
        .title(NAME.to_uppercase())
        .date(env!("SWARMDECK_DATE"));
    if let Err(error) = man.render(&mut page) {
        complain(format!("cannot render the manual page: {error}"));
        return Exit::Fault;
    }
    print(tidy(&String::from_utf8_lossy(&page)));
    Exit::Success
}

/// A page as manuals are written: no long lines, no spaces at the end of one, no
/// break beside an empty line.
fn tidy(page: &str) -> String {
    const COLUMNS: usize = 79;
    let lines: Vec<_> = page.lines().map(str::trim_end).collect();
    let is = |at: Option<usize>, macro_: &str| at.and_then(|at| lines.get(at)) == Some(&macro_);
    let mut tidied = String::with_capacity(page.len());
    for (at, line) in lines.iter().enumerate() {
        let is_beside_space = is(at.checked_sub(1), "") || is(Some(at + 1), "");
        if *line == ".br" && is_beside_space {
            continue;
        }
        let mut rest = *line;
        while rest.len() > COLUMNS && !line.starts_with(['.', '\'']) {
            // A line that starts with a dot or an apostrophe would be a macro.
            let is_macro = |at: usize| rest[at + 1..].starts_with(['.', '\'', ' ']);
            let spaces = rest.match_indices(' ').map(|(at, _)| at);
            let fitting = spaces.filter(|at| *at > 0 && !is_macro(*at));
            let (short, long): (Vec<_>, Vec<_>) = fitting.partition(|at| *at <= COLUMNS);
            let Some(at) = short.last().or(long.first()).copied() else {
                break;
            };
            tidied.push_str(rest[..at].trim_end());
            tidied.push('\n');
            rest = &rest[at + 1..];
        }
        tidied.push_str(rest);
        tidied.push('\n');
    }
    tidied
}
