//! Guard rails for a command that puts load on a target: it takes them from
//! the same places as a run, and nothing else.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Args, Command};

use super::error::InputError;
use super::setting::Setting;
use crate::cli::config::rails::CeilingArgs;
use crate::cli::config::{environment, files, merge};

/// Inserts the guard rails of files and environment before the options of the
/// typed command.
pub(super) fn with_limits(
    typed: Vec<OsString>,
    command: &Command,
    matches: &ArgMatches,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<OsString>, InputError> {
    let known = matches.subcommand();
    let known = known.and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    let Some((command, matches)) = known else {
        return Ok(typed);
    };
    let limits = CeilingArgs::augment_args(Command::new(""));
    let is_limit = |setting: &Setting| {
        let key = setting.key.trim_start_matches('-').replace('_', "-");
        merge::keys(&limits).any(|limit| limit == key)
    };
    let mut settings = files::read(variable("HOME").map(PathBuf::from), None)?;
    settings.retain(is_limit);
    settings.extend(environment::read(&limits, variable)?);
    // Each is tried alone, without the files that the command needs.
    let lenient = command.clone().mut_args(|arg| arg.required(false));
    let below = merge::merge(&lenient, matches, settings)?;
    let mut typed = typed.into_iter();
    let words: Vec<_> = typed.by_ref().take(2).collect();
    Ok(words
        .into_iter()
        .chain(below.arguments)
        .chain(typed)
        .collect())
}
