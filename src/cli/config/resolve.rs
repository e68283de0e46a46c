//! From all layers to what the program is to do.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches};

use super::error::InputError;
use crate::cli::config::args::{Cli, Command};
use crate::cli::config::options::Settings;
use crate::cli::config::{environment, files, limits, merge, unsupported};

/// The command or run to execute.
#[derive(Debug)]
pub(crate) enum Resolved {
    Command(Command),
    Run {
        settings: Box<Settings>,
        /// Messages about options that are ignored.
        warnings: Vec<String>,
    },
}

/// Reads what was typed, and for a run the files and the environment below it.
pub(crate) fn resolve(
    typed: Vec<OsString>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Resolved, InputError> {
    let command = unsupported::known(Cli::command());
    let matches = command.clone().try_get_matches_from(&typed)?;
    if let Some(refused) = unsupported::typed(&matches) {
        return Err(InputError::Refused(refused));
    }
    let cli = Cli::from_arg_matches(&matches)?;
    if let Some(given) = cli.command {
        if !matches!(given, Command::Suite(_)) {
            return Ok(Resolved::Command(given));
        }
        let all = limits::with_limits(typed, &command, &matches, variable)?;
        let cli = Cli::from_arg_matches(&command.try_get_matches_from(all)?)?;
        return Ok(Resolved::Command(cli.command.unwrap_or(given)));
    }
    let home = variable("HOME").map(PathBuf::from);
    let mut settings = files::read(home, cli.run.common.config.as_deref())?;
    settings.extend(environment::read(&command, variable)?);
    let below = merge::merge(&command, &matches, settings)?;
    let mut all = typed.into_iter();
    let name = all.next();
    let all = name.into_iter().chain(below.arguments).chain(all);
    let mut run = Cli::from_arg_matches(&command.try_get_matches_from(all)?)?.run;
    if run.user_classes.is_empty() {
        run.user_classes = environment::user_classes(variable);
    }
    run.check()?;
    Ok(Resolved::Run {
        settings: Box::new(run),
        warnings: below.warnings,
    })
}
