//! Puts the layers together, option by option.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command, parser::ValueSource};

use super::error::InputError;
use crate::cli::config::setting::{Setting, SettingValue};
use crate::cli::config::unsupported::{UNSUPPORTED, sentence};
use crate::scenario::did_you_mean;

/// Options that restrict something. Empty ones are refused: the program would
/// be open where the operator meant to close it.
const RESTRICTING: [&str; 8] = [
    "allow-host",
    "allow-target",
    "confirm-public",
    "dead-man",
    "max-rps",
    "max-users",
    "tls-cert",
    "tls-key",
];

/// Options that make sense on a command line only.
const TYPED_ONLY: [&str; 3] = ["config", "help", "version"];

/// The merged layers below the command line.
#[derive(Debug, Default)]
pub(super) struct Below {
    /// To be put before what was typed, as if it had been typed there.
    pub(super) arguments: Vec<OsString>,
    /// Messages about options that are ignored.
    pub(super) warnings: Vec<String>,
}

/// Whether an option must not be empty.
pub(super) fn restricts(key: &str) -> bool {
    RESTRICTING.contains(&key)
}

/// The long names that layers may use.
pub(super) fn keys(command: &Command) -> impl Iterator<Item = &str> {
    let options = command.get_arguments().filter_map(Arg::get_long);
    options.filter(|name| !TYPED_ONLY.contains(name))
}

/// The arguments of all layers below the command line. `settings` come with
/// the weakest first; what was typed goes before all of them.
pub(super) fn merge(
    command: &Command,
    typed: &ArgMatches,
    settings: Vec<Setting>,
) -> Result<Below, InputError> {
    let mut below = Below::default();
    let mut decided = BTreeMap::new();
    for setting in settings {
        let key = setting.key.trim_start_matches('-').replace('_', "-");
        if let Some(refused) = UNSUPPORTED.iter().find(|(name, _)| *name == key) {
            if setting.value.is_on() != Some(false) {
                let sentence = sentence(refused);
                below
                    .warnings
                    .push(format!("{}: {sentence}", setting.place));
            }
            continue;
        }
        let Some(option) = find(command, &key) else {
            return Err(unknown(command, setting, &key));
        };
        let arguments = arguments(option, &setting)?;
        check(command, &arguments, &setting)?;
        decided.insert(option.get_id().clone(), arguments);
    }
    let is_typed =
        |id: &clap::Id| typed.value_source(id.as_str()) == Some(ValueSource::CommandLine);
    let left = decided.into_iter().filter(|(id, _)| !is_typed(id));
    below.arguments = left.flat_map(|(_, arguments)| arguments).collect();
    Ok(below)
}

fn find<'c>(command: &'c Command, key: &str) -> Option<&'c Arg> {
    let is_called = |option: &&Arg| {
        let mut names = option.get_long_and_visible_aliases().unwrap_or_default();
        names.retain(|name| !TYPED_ONLY.contains(name));
        names.contains(&key)
    };
    command.get_arguments().find(is_called)
}

/// Options of old releases of Locust, and what they are called now.
const RENAMED: [(&str, &str); 4] = [
    ("hatch-rate", "spawn-rate"),
    ("clients", "users"),
    ("num-clients", "users"),
    ("no-web", "headless"),
];

fn unknown(command: &Command, setting: Setting, key: &str) -> InputError {
    let renamed = RENAMED.iter().find(|(old, _)| *old == key);
    let help = if let Some((_, new)) = renamed {
        format!("; use `{new}`")
    } else if TYPED_ONLY.contains(&key) {
        "; it can only be set on the command line".to_owned()
    } else {
        did_you_mean(key, keys(command)).map_or_else(String::new, |help| format!("; {help}"))
    };
    InputError::Unknown {
        place: setting.place,
        key: setting.key,
        help,
    }
}

/// A setting as it would be typed.
fn arguments(option: &Arg, setting: &Setting) -> Result<Vec<OsString>, InputError> {
    let name = option.get_long().unwrap_or_default();
    let with = |value: &String| OsString::from(format!("--{name}={value}"));
    let wrong = |message: String| Err(setting.place.error(message));
    if restricts(name) && setting.value.is_empty() {
        return wrong(format!(
            "`{name}` must not be empty: set a value, or remove it"
        ));
    }
    match (option.get_action(), &setting.value) {
        (ArgAction::SetTrue, value) => match value.is_on() {
            Some(true) => Ok(vec![format!("--{name}").into()]),
            Some(false) => Ok(Vec::new()),
            None => wrong(format!("`{}` must be true or false", setting.key)),
        },
        (_, SettingValue::Alone) => wrong(format!("`{}` requires a value", setting.key)),
        (_, SettingValue::Text(text)) => Ok(vec![with(text)]),
        (ArgAction::Append, SettingValue::List(items)) => Ok(items.iter().map(with).collect()),
        (_, SettingValue::List(_)) => {
            wrong(format!("`{}` takes one value, not a list", setting.key))
        }
    }
}

/// Checks that the command line would accept it, so that a mistake is reported
/// at its place.
fn check(command: &Command, given: &[OsString], setting: &Setting) -> Result<(), InputError> {
    let name = OsString::from(command.get_name());
    let all = std::iter::once(&name).chain(given);
    let Err(error) = command.clone().try_get_matches_from(all) else {
        return Ok(());
    };
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let text = text
        .split("\n\nFor more information")
        .next()
        .unwrap_or(text);
    Err(setting.place.error(text.trim_end()))
}
