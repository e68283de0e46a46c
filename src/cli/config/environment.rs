//! Options from the environment: `SWARMDECK_RUN_TIME`, or `LOCUST_RUN_TIME`.

use clap::Command;

use super::error::InputError;
use crate::cli::config::merge::{keys, restricts};
use crate::cli::config::setting::{Setting, SettingPlace, SettingValue};

/// Prefixes of the variables; the first that is set has precedence.
const PREFIXES: [&str; 2] = ["SWARMDECK_", "LOCUST_"];
/// Options whose variable has another name in Locust.
const OTHERWISE: [(&str, &str); 6] = [
    ("class-picker", "USERCLASS_PICKER"),
    ("master", "MODE_MASTER"),
    ("worker", "MODE_WORKER"),
    ("master-host", "MASTER_NODE_HOST"),
    ("master-port", "MASTER_NODE_PORT"),
    ("otel", "ENABLE_OPENTELEMETRY"),
];
/// The user classes, which are no option.
const USER_CLASSES: &str = "USER_CLASSES";

/// The settings of the environment. Empty variables are ignored, unless the
/// option restricts something.
pub(super) fn read(
    command: &Command,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Setting>, InputError> {
    let mut settings = Vec::new();
    for key in keys(command) {
        let suffixes = suffixes(key);
        let may_be_empty = restricts(key);
        let found = suffixes
            .iter()
            .find_map(|suffix| find(suffix, variable, may_be_empty));
        let Some((name, text)) = found else { continue };
        let place = SettingPlace::Variable(name);
        let value = SettingValue::read(&text).map_err(|message| place.error(message))?;
        settings.push(Setting {
            key: key.to_owned(),
            value,
            place,
        });
    }
    Ok(settings)
}

/// The user classes that the environment names.
pub(super) fn user_classes(variable: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let found = find(USER_CLASSES, variable, false);
    let names = found.iter().flat_map(|(_, text)| text.split_whitespace());
    names.map(str::to_owned).collect()
}

/// The suffixes of an option's variables, the usual one first.
pub(super) fn suffixes(key: &str) -> Vec<String> {
    let otherwise = OTHERWISE.iter().find(|(name, _)| *name == key);
    let own = key.replace('-', "_").to_ascii_uppercase();
    let otherwise = otherwise.map(|(_, suffix)| (*suffix).to_owned());
    std::iter::once(own).chain(otherwise).collect()
}

fn find(
    suffix: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    may_be_empty: bool,
) -> Option<(String, String)> {
    PREFIXES.iter().find_map(|prefix| {
        let name = format!("{prefix}{suffix}");
        let text = variable(&name).filter(|text| may_be_empty || !text.trim().is_empty())?;
        Some((name, text))
    })
}
