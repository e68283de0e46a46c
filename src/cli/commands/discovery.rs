//! The scenarios that can be run: found, read, selected, and at least one sound.

use std::sync::Arc;

use crate::cli::commands::scenario_environment::scenario_environment;
use crate::cli::config::args::commands;
use crate::cli::config::options::Settings;
use crate::cli::exit::Exit;
use crate::cli::terminal::console::{complain, refuse, show_mistake};
use crate::scenario::{Reading, Selection, did_you_mean};
use crate::session::{Catalog, CatalogEntry, WatchedFiles};

/// The scenario that the demo fills in.
const DEMO_SCENARIO: &str = "4_burst_load";

/// Opens the available scenarios and the files to watch. Errors of named files
/// are reported at once; the dashboard shows them too.
pub(crate) fn open(settings: &Settings) -> Result<(Catalog, Option<WatchedFiles>), Exit> {
    let environment = scenario_environment();
    let changes = settings.changes();
    let is_fixed = settings.common.demo && settings.common.locustfile.is_empty();
    let selection = changes.selection.clone();
    let files = if is_fixed {
        WatchedFiles::builtin(environment, changes)
    } else {
        let opened = WatchedFiles::open(settings.common.locustfile.clone(), environment, changes);
        opened.map_err(refuse)?
    };
    all_known(&files.readings(), &selection)?;
    let catalog = any_sound(files.catalog())?;
    Ok((catalog, (!is_fixed).then_some(files)))
}

/// The scenario that runs by default.
pub(super) fn first_offered(catalog: &Catalog, demo: bool) -> Option<&CatalogEntry> {
    let demo = catalog.find(DEMO_SCENARIO).filter(|_| demo);
    let sound = || catalog.iter().find(|entry| entry.loaded().is_ok());
    demo.or_else(sound)
}

/// Refuses user classes that no scenario has, unless a file that might have
/// them has errors.
fn all_known(readings: &[(String, Arc<Reading>)], selection: &Selection) -> Result<(), Exit> {
    let known = readings.iter();
    let known = known.flat_map(|(_, reading)| reading.classes.iter().map(String::as_str));
    let known: Vec<_> = known.collect();
    let unknown = selection.unknown_classes(&known);
    let Some(first) = unknown.first() else {
        return Ok(());
    };
    for (_, reading) in readings {
        if let (Err(mistakes), true) = (&reading.loaded, reading.classes.is_empty()) {
            mistakes.iter().for_each(show_mistake);
        }
    }
    let help = instead_of(first, &known);
    complain(format!("Unknown User(s): {}; {help}", unknown.join(", ")));
    Err(Exit::Failed)
}

/// Suggests a replacement for a word that is not a user class.
fn instead_of(word: &str, known: &[&str]) -> String {
    let commands = commands();
    if commands.iter().any(|command| command == word) {
        return format!("`{word}` is a command: put it first, before its options");
    }
    let possible = known.iter().copied();
    let possible = possible.chain(commands.iter().map(String::as_str));
    did_you_mean(word, possible).unwrap_or_else(|| "run with --list to see all".to_owned())
}

/// Reports broken scenarios; fails if none is valid.
fn any_sound(catalog: Catalog) -> Result<Catalog, Exit> {
    let mut broken = 0;
    for entry in catalog.iter() {
        for mistake in entry.loaded().err().into_iter().flatten() {
            show_mistake(mistake);
            broken += 1;
        }
    }
    if broken > 0 && catalog.iter().all(|entry| entry.loaded().is_err()) {
        let why = "no valid scenario: fix the errors above (`swarmdeck check` lists them)";
        return Err(refuse(why));
    }
    Ok(catalog)
}
