use clap::error::ErrorKind;

use crate::cli::commands::{
    check, completions, dashboard, headless, listing, report, suite, target, try_,
};
use crate::cli::config::args::Command;
use crate::cli::config::{InputError, Resolved, resolve};
use crate::cli::config::{options::Settings, settings::Mode};
use crate::cli::exit::Exit;
use crate::cli::terminal::console::{complain, finish, note, print, refuse};
use crate::probes::host;
use crate::scenario::schema;

/// The most descriptors a command opens before a run does its own count:
/// runtimes, signals, a listener, and the files of a scenario in turn.
const FIRST_DESCRIPTORS: u64 = 32;

/// Runs the command line, with configuration files and the environment below
/// it.
#[must_use]
pub fn start() -> Exit {
    finish(answer().unwrap_or_else(|exit| exit))
}

fn answer() -> Result<Exit, Exit> {
    if let Some(limit) = too_few_descriptors() {
        return Err(refuse(format!(
            "the limit of {limit} file descriptors is too low: raise `ulimit -n`"
        )));
    }
    survive_file_limits();
    let typed = std::env::args_os().collect();
    let resolved = match resolve(typed, &|name| std::env::var(name).ok()) {
        Ok(resolved) => resolved,
        Err(InputError::Typed(error)) => {
            let asked = matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            );
            let printed = error.print();
            if asked {
                note(printed);
            }
            return if asked {
                Ok(Exit::Success)
            } else {
                Err(Exit::Usage)
            };
        }
        Err(error) => return Err(refuse(error)),
    };
    match resolved {
        Resolved::Command(command) => do_command(command),
        Resolved::Run { settings, warnings } => {
            warnings.iter().for_each(complain);
            do_run(*settings)
        }
    }
}

/// The limit of open files, where it leaves no room for what every command
/// opens: without it, each of them would fail in its own way, and some panic.
fn too_few_descriptors() -> Option<u64> {
    let limit = host::raise_descriptor_limit()?;
    // Close to the limit not even their number can be read.
    let open = host::open_descriptors().unwrap_or(0);
    (open + FIRST_DESCRIPTORS > limit).then_some(limit)
}

/// Has a file that may not grow further fail like one on a full disk: by default
/// the signal for that (`ulimit -f`) ends the program.
fn survive_file_limits() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kind = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
        {
            let _inside = runtime.enter();
            // Once a signal has a listener, its default action no longer
            // applies.
            drop(signal(kind));
        }
    }
}

fn do_command(command: Command) -> Result<Exit, Exit> {
    match command {
        Command::Check(args) => Ok(check::run(&args)),
        Command::Target(args) => target::run(args),
        Command::Schema => {
            print(schema());
            Ok(Exit::Success)
        }
        Command::Try(args) => try_::run(&args),
        Command::Completions { shell } => Ok(completions::completions(shell)),
        Command::Report(args) => report::run(&args),
        Command::Suite(args) => suite::run(&args),
        Command::Man => Ok(completions::man()),
    }
}

fn do_run(settings: Settings) -> Result<Exit, Exit> {
    match (settings.ask(), settings.mode()) {
        (Some(ask), _) => listing::answer(ask, settings),
        (None, Mode::Headless) => headless::run(&settings),
        (None, Mode::Dashboard | Mode::Autostart { .. }) => dashboard::run(&settings),
    }
}
