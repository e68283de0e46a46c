//! The terminal: what is shown on it, and when it wants us to end.

#![expect(clippy::print_stderr, reason = "this is where the program prints")]

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use crate::scenario::Colour;

/// A way to print a line.
pub(super) type Tell = fn(&str);

/// Prints a line that the user asked for.
pub(super) fn say(text: impl Display) {
    // A closed pipe is the reader's decision.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints text that ends with a line break already.
pub(super) fn print(text: impl Display) {
    let _ = write!(std::io::stdout(), "{text}");
}

/// Prints a line that is no error, to where errors go.
pub(super) fn log(line: &str) {
    // Nobody has to read it.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints what went wrong.
pub(super) fn complain(text: impl Display) {
    eprintln!("swarmdeck: {text}");
}

/// Prints text that is formatted already, to where errors go.
pub(super) fn show_mistake(text: impl Display) {
    eprintln!("{text}");
}

/// A count with its noun.
pub(super) fn plural(count: usize, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{count} {noun}")
}

/// Whether errors are read by a terminal that shows colours.
pub(super) fn colour() -> Colour {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && std::io::stderr().is_terminal() {
        Colour::Always
    } else {
        Colour::Never
    }
}

/// Until the user or the system asks the program to end.
pub(super) async fn end_requested() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        ) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
