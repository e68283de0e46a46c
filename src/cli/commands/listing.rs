//! `--list` and `--show-task-ratio`: questions that are answered instead of a run.

use std::collections::BTreeSet;

use crate::cli::commands::discovery;
use crate::cli::commands::discovery::first_offered;
use crate::cli::config::{
    options::{SelectArgs, Settings},
    settings::Ask,
};
use crate::cli::exit::Exit;
use crate::cli::terminal::console::{complain, say};
use crate::locust::{Ratios, TaskRatios};
use crate::model::{Scenario, TaskOrder, within_line};

/// Answers, and ends.
pub(crate) fn answer(ask: Ask, mut settings: Settings) -> Result<Exit, Exit> {
    if ask == Ask::List {
        // There to find out what can be selected.
        settings.select = SelectArgs::default();
        settings.user_classes.clear();
    }
    let (catalog, _) = discovery::open(&settings)?;
    if ask == Ask::List {
        say("Available Users:");
        let mut known = BTreeSet::new();
        let scenarios = catalog.iter().filter_map(|entry| entry.loaded().ok());
        let classes = scenarios.flat_map(|loaded| &loaded.scenario.user_classes);
        classes
            .filter(|class| known.insert(class.name.as_str()))
            .for_each(|class| say(format!("    {}", within_line(&class.name))));
        return Ok(Exit::Success);
    }
    let entry = first_offered(&catalog, settings.common.demo);
    let loaded = entry.and_then(|entry| entry.loaded().ok());
    let loaded = loaded.ok_or(Exit::Usage)?;
    let scenario = &loaded.scenario;
    if catalog.iter().count() > 1 {
        complain(format!(
            "showing scenario {:?}; use -f FILE for another",
            scenario.name
        ));
    }
    remark(scenario);
    let ratios = TaskRatios::new(scenario, settings.common.users);
    if ask == Ask::TaskRatio {
        say(tables(&ratios));
        return Ok(Exit::Success);
    }
    let json = serde_json::to_string_pretty(&ratios).map_err(|error| {
        complain(format!(
            "internal error: cannot render the ratios as JSON: {error}; please report this"
        ));
        Exit::Fault
    })?;
    say(json);
    Ok(Exit::Success)
}

fn remark(scenario: &Scenario) {
    let mut classes = scenario.user_classes.iter();
    if let Some(class) = classes.find(|class| class.order == TaskOrder::Transitions) {
        complain(format!(
            "`{}` uses transitions: the ratios are for the first task only",
            class.name
        ));
    }
}

/// Locust's two tables.
fn tables(ratios: &TaskRatios) -> String {
    let mut text = String::new();
    let parts = [
        (" Task ratio per User class", &ratios.per_class),
        (" Total task ratio", &ratios.total),
    ];
    for (title, ratios) in parts {
        let line = "-".repeat(80);
        text.push_str(&[title, &line, ""].join("\n"));
        rows(ratios, 0, &mut text);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

fn rows(ratios: &Ratios, level: usize, text: &mut String) {
    let padding = "  ".repeat(level);
    for (name, ratio) in &ratios.0 {
        let share = format!("{padding}{:.1}", ratio.ratio * 100.0);
        let row = format!(
            " {share:<10} {:<50}",
            format!("{padding}{}", within_line(name))
        );
        text.push_str(row.trim_end());
        text.push('\n');
        if let Some(tasks) = &ratio.tasks {
            rows(tasks, level + 1, text);
        }
    }
}
