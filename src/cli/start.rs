use clap::Parser;
use clap::error::ErrorKind;

use crate::cli::args::{Cli, Command};
use crate::cli::console::print;
use crate::cli::exit::Exit;
use crate::cli::{check, dashboard, target, try_};
use crate::probes::host;
use crate::scenario::schema;

/// Reads the command line and does what it says.
#[must_use]
pub fn start() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // To a closed pipe there is nothing to say.
            let _ = error.print();
            let asked = matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            );
            return if asked { Exit::Success } else { Exit::Usage };
        }
    };
    host::raise_descriptor_limit();
    match cli.command {
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Target(args)) => target::run(args),
        Some(Command::Schema) => {
            print(schema());
            Exit::Success
        }
        Some(Command::Try(args)) => try_::run(&args),
        None => dashboard::run(cli.dashboard),
    }
}
