//! Holds `docs/command-line.md` to the definition of the options.

use clap::{Arg, ArgAction, CommandFactory};

use super::environment::suffixes;
use super::merge::keys;
use crate::cli::config::args::Cli;
use crate::cli::config::unsupported::UNSUPPORTED;

const DOCUMENT: &str = include_str!("../../../docs/command-line.md");
const HEAD: &str = "| option | variable | key | default | meaning |\n|---|---|---|---|---|\n";

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn row(option: &Arg, is_key: bool) -> String {
    let long = option.get_long().unwrap_or_default();
    let takes_value = !matches!(option.get_action(), ArgAction::SetTrue);
    let value = option.get_value_names().filter(|_| takes_value);
    let value = value.map_or_else(String::new, |names| format!(" {}", names.join(" ")));
    let short = option.get_short().map(|short| code(&format!("-{short}")));
    let names = short.into_iter().chain([code(&format!("--{long}{value}"))]);
    let variables: Vec<_> = suffixes(long).iter().map(|suffix| code(suffix)).collect();
    let default: Vec<_> = option.get_default_values().iter().collect();
    let default = default.first().filter(|_| takes_value);
    let (variables, key) = if is_key {
        (variables.join(", "), code(long))
    } else {
        Default::default()
    };
    let help = option.get_help().map(ToString::to_string);
    format!(
        "| {} | {variables} | {key} | {} | {} |\n",
        names.collect::<Vec<_>>().join(", "),
        default.map_or_else(String::new, |default| code(&default.to_string_lossy())),
        help.unwrap_or_default().replace('|', "\\|"),
    )
}

/// The tables, each with its heading, in the order of the help.
fn tables() -> Vec<String> {
    let command = Cli::command();
    let keys: Vec<_> = keys(&command).collect();
    let mut tables: Vec<(&str, String)> = Vec::new();
    for option in command.get_arguments() {
        let (Some(heading), Some(long)) = (option.get_help_heading(), option.get_long()) else {
            continue;
        };
        if tables.last().is_none_or(|(last, _)| *last != heading) {
            tables.push((heading, format!("### {heading}\n\n{HEAD}")));
        }
        if let Some((_, table)) = tables.last_mut() {
            table.push_str(&row(option, keys.contains(&long)));
        }
    }
    tables.into_iter().map(|(_, table)| table).collect()
}

/// The tables missing from the document.
fn missing(wanted: Vec<String>) -> String {
    let wanted = wanted.into_iter();
    let missing = wanted.filter(|table| !DOCUMENT.contains(table));
    missing.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_document_has_every_option() {
    let missing = missing(tables());
    assert_eq!(missing, "", "docs/command-line.md wants\n{missing}");
}

#[test]
fn the_document_has_every_option_that_does_not_apply() {
    let rows = UNSUPPORTED.iter();
    let rows = rows.map(|(name, instead)| format!("| `--{name}` | {instead} |\n"));
    let table = format!(
        "| option | instead |\n|---|---|\n{}",
        rows.collect::<String>()
    );
    let missing = missing(vec![table]);
    assert_eq!(missing, "", "docs/command-line.md wants\n{missing}");
}
