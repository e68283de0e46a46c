//! The terminal: what is shown on it, and when it wants us to end.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use crate::cli::exit::Exit;
use crate::cli::signals::Signals;
use crate::model::whole_lines;
use crate::scenario::{Colour, Diagnostic};

/// A way to print a line.
pub(crate) type Tell = fn(&str);

/// Why standard output lacks something.
static LOST: OnceLock<String> = OnceLock::new();

/// Prints a line to standard output.
pub(crate) fn say(text: impl Display) {
    let text = text.to_string();
    note(writeln!(io::stdout(), "{}", whole_lines(&text)));
}

/// Prints text that ends with a line break already.
pub(crate) fn print(text: impl Display) {
    let text = text.to_string();
    note(write!(io::stdout(), "{}", whole_lines(&text)));
}

/// Records that standard output has failed.
pub(crate) fn note(written: io::Result<()>) {
    match written {
        // A closed pipe is the reader's decision.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            // Why the first part is lost is why the rest is.
            let _ = LOST.set(error.to_string());
        }
        _ => {}
    }
}

/// The exit code of the program, which tells if an output is missing on
/// standard output or in a file.
pub(crate) fn finish(exit: Exit) -> Exit {
    note(io::stdout().flush());
    match LOST.get() {
        Some(error) => {
            complain(format!("could not write all output to stdout: {error}"));
            exit.with_output_lost()
        }
        None => exit,
    }
}

/// Prints a line that is no error, to where errors go.
pub(crate) fn log(line: &str) {
    // It does not matter if this is lost.
    let _ = writeln!(io::stderr(), "{}", whole_lines(line));
}

/// Prints what went wrong.
pub(crate) fn complain(text: impl Display) {
    let text = text.to_string();
    let _ = writeln!(io::stderr(), "swarmdeck: {}", whole_lines(&text));
}

/// Reports a usage error, before anything runs.
pub(crate) fn refuse(why: impl Display) -> Exit {
    complain(why);
    Exit::Usage
}

/// Prints a mistake in a file to where errors go.
pub(crate) fn show_mistake(mistake: &Diagnostic) {
    let rendered = mistake.render(colour());
    let _ = writeln!(io::stderr(), "{}", colours_only(&rendered));
}

/// The text with no other terminal sequences than those of colours.
fn colours_only(rendered: &str) -> String {
    let mut parts = rendered.split("\x1b[");
    let mut text = whole_lines(parts.next().unwrap_or_default()).into_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';');
        let is_colour = end.is_some_and(|end| part[end..].starts_with('m'));
        text.push_str(if is_colour { "\x1b[" } else { "\u{fffd}[" });
        text.push_str(&whole_lines(part));
    }
    text
}

/// Whether standard error is a terminal that shows colours.
fn colour() -> Colour {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && std::io::stderr().is_terminal() {
        Colour::Always
    } else {
        Colour::Never
    }
}

/// Until the user or the system asks the program to end.
pub(crate) async fn end_requested() {
    Signals::listen().next().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_all_that_a_terminal_is_told() {
        let red = "\x1b[1m\x1b[38;5;9merror\x1b[0m";
        assert_eq!(colours_only(red), red);
        let bad = "a\x1b[2Jb\x1b]0;t\x07\x1b[31";
        assert_eq!(
            colours_only(bad),
            "a\u{fffd}[2Jb\u{fffd}]0;t\u{fffd}\u{fffd}[31"
        );
    }
}
