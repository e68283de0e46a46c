//! `timeline:`: what is changed while a run goes on.

use std::time::Duration;

use crate::model::{
    BURST_HOLD, Behaviour, Burst, Change, Edit, Population, Suspended, TimelineEntry,
};
use crate::program::{Class, Secrets};
use crate::scenario::file::include;
use crate::scenario::lower::reader::Reader;
use crate::scenario::lower::selection::Selection;
use crate::scenario::schema::{Fields, Known, MapDef, maps};
use crate::scenario::yaml::node::{Node, shorten};
use crate::scenario::yaml::source::Source;
use crate::scenario::yaml::suggest::did_you_mean_or_list;
use crate::scenario::{Diagnostic, Environment};

/// The words of `do`.
pub(crate) const COMMANDS: [(&str, Change); 6] = [
    ("pause", Change::Pause),
    ("resume", Change::Resume),
    ("end_burst", Change::EndBurst),
    ("back_to_plan", Change::BackToPlan(Suspended::All)),
    (
        "back_to_planned_users",
        Change::BackToPlan(Suspended::Users),
    ),
    ("back_to_planned_rate", Change::BackToPlan(Suspended::Rate)),
];
/// The key that tells the kind of an entry, and its map in the table.
const KINDS: [(&str, &MapDef); 8] = [
    ("burst", &maps::BURST_CHANGE),
    ("request", &maps::REQUEST_CHANGE),
    ("class", &maps::CLASS_CHANGE),
    ("run_time", &maps::RUN_TIME_CHANGE),
    ("do", &maps::COMMAND),
    ("users", &maps::LOAD_CHANGE),
    ("spawn_rate", &maps::LOAD_CHANGE),
    ("rate", &maps::LOAD_CHANGE),
];

/// A change as its file or the API words it.
///
/// # Errors
/// All mistakes in it, with their places.
pub fn parse_change(text: &str) -> Result<Change, Vec<Diagnostic>> {
    let source = Source::new("the change", text);
    let (environment, selection) = (Environment::default(), Selection::default());
    let gathered = include::gather(&source, &[], &environment);
    let mut reader = Reader::new(&gathered.texts, &environment, &selection);
    reader.problems.adopt(gathered.found);
    let change = gathered.root.as_ref().and_then(|root| {
        let fields = reader.change_fields(root, "a change", Some("at"))?;
        reader.change(&fields)
    });
    match change {
        Some(change) if reader.problems.is_empty() => Ok(change),
        _ => Err(reader.problems.into_sorted(&Secrets::default())),
    }
}

impl Reader<'_> {
    /// Reads `timeline:`, when all classes and names are known. What is about
    /// classes that are not selected is left out.
    pub(crate) fn timeline(&mut self, node: &Node, classes: &[Class]) -> Vec<TimelineEntry> {
        let of = "changes such as `{at: 30s, users: 500}`";
        let items = self.items(node, "`timeline`", of).unwrap_or_default();
        let entries = items
            .iter()
            .filter_map(|item| self.timeline_entry(item, classes));
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| entry.at);
        entries
    }

    fn timeline_entry(&mut self, node: &Node, classes: &[Class]) -> Option<TimelineEntry> {
        let fields = self.change_fields(node, "an entry of `timeline`", None)?;
        let at: Duration = fields.get("at")?;
        let at = Duration::from_secs_f64((at.as_secs_f64() * 1e3).round() / 1e3);
        let change = self.change(&fields)?;
        let is_here = match &change {
            Change::Behaviour(behaviour) => self.concerns(behaviour, &fields, classes),
            _ => true,
        };
        is_here.then_some(TimelineEntry { at, change })
    }

    /// The keys of an entry, which changes one thing.
    fn change_fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        unknown: Option<&str>,
    ) -> Option<Fields<'n>> {
        let known = KINDS.iter().find(|(key, _)| node.entry(key).is_some());
        let Some((key, map)) = known else {
            self.fields(node, what, &maps::CHANGE)?;
            let message = "this changes nothing: say `users`, `rate`, `burst`, `class`, `request`, `run_time` or `do`";
            self.report(node.span, message);
            return None;
        };
        let mut entries = self.entries(node, what)?.iter();
        let is_other =
            |key: &str| !map.has(key) && maps::CHANGE.maps.iter().any(|one| one.has(key));
        if let Some(entry) = entries.find(|entry| is_other(&entry.key.text)) {
            let message = format!(
                "`{}` does not go with `{key}`: an entry changes one thing",
                shorten(&entry.key.text)
            );
            self.report(entry.key.span, message);
            return None;
        }
        let known = Known::from(*map);
        match unknown {
            Some(key) => self.fields(node, what, known.without(key)),
            None => self.fields(node, what, known),
        }
    }

    /// The change of an entry.
    fn change(&mut self, fields: &Fields<'_>) -> Option<Change> {
        if let Some(node) = fields.value("burst") {
            return self.burst(node).map(Change::Burst);
        }
        if let Some(class) = fields.get::<&str>("class") {
            return self
                .behaviour(class.to_owned(), fields)
                .map(Change::Behaviour);
        }
        if let Some(name) = fields.get::<&str>("request") {
            let (name, sent) = (name.to_owned(), fields.get::<&str>("do")?);
            let is_sent = sent == "send";
            return Some(Change::Behaviour(Behaviour::Request { name, is_sent }));
        }
        if fields.value("run_time").is_some() {
            return Some(Change::RunTime(fields.get("run_time")));
        }
        let edit = Edit {
            users: fields.get::<u32>("users").map(f64::from),
            spawn_rate: fields.get("spawn_rate"),
            rate: fields.get("rate"),
        };
        let command = fields.word("do", &COMMANDS);
        command.or_else(|| (edit != Edit::default()).then_some(Change::Load(edit)))
    }

    fn burst(&mut self, node: &Node) -> Option<Burst> {
        let fields = self.fields(node, "`burst`", &maps::BURST)?;
        Some(Burst {
            factor: fields.get("factor")?,
            rise: fields.get("rise").unwrap_or_default(),
            hold: fields.get("hold").unwrap_or(BURST_HOLD),
        })
    }

    /// `class` with a weight, its own or that of a task, or a wait.
    fn behaviour(&mut self, class: String, fields: &Fields<'_>) -> Option<Behaviour> {
        let only = fields.only()?;
        if only.key.text == "wait" {
            let wait = self.wait(&only.value);
            return Some(Behaviour::Wait { class, wait });
        }
        let weight = fields.get("weight")?;
        Some(match fields.get::<&str>("task") {
            None => Behaviour::ClassWeight { class, weight },
            Some(task) => Behaviour::TaskWeight {
                class,
                task: task.to_owned(),
                weight,
            },
        })
    }

    fn is_unselected(&self, class: &str, task: &str) -> bool {
        let mut classes = self.classes.unselected.classes.iter();
        classes.any(|one| one.name == class && one.tasks.iter().any(|one| one.name == task))
    }

    /// Whether the run has what is to behave otherwise; a mistake where nothing
    /// of the scenario is meant.
    fn concerns(&mut self, behaviour: &Behaviour, fields: &Fields<'_>, classes: &[Class]) -> bool {
        let names: Vec<_> = match behaviour {
            Behaviour::Request { .. } => {
                let names = self.tables.requests.iter().map(|one| one.name.index());
                let names = names.filter_map(|at| self.tables.names.get(at));
                names
                    .map(|name| format!("{} {}", name.kind, name.name))
                    .collect()
            }
            _ => classes.iter().map(|class| class.name.clone()).collect(),
        };
        let (key, wanted) = match behaviour {
            Behaviour::Request { name, .. } => ("request", name),
            Behaviour::ClassWeight { class, .. }
            | Behaviour::TaskWeight { class, .. }
            | Behaviour::Wait { class, .. } => ("class", class),
        };
        let class = classes.iter().find(|class| class.name == *wanted);
        let trouble = match (behaviour, class) {
            _ if !names.contains(wanted) => {
                let is_unselected = self.classes.names.contains(wanted);
                if is_unselected || !self.classes.unselected.classes.is_empty() {
                    return false;
                }
                let known: Vec<_> = names.iter().map(String::as_str).collect();
                let help = did_you_mean_or_list(wanted, &known);
                Some((
                    key,
                    format!("there is no {key} `{}`", shorten(wanted)),
                    Some(help),
                ))
            }
            (Behaviour::ClassWeight { .. }, Some(class)) => {
                let is_fixed = matches!(class.population, Population::Fixed(_));
                let message = format!("`{}` has a fixed count, and no weight", class.name);
                is_fixed.then_some(("class", message, None))
            }
            // A task that is not selected.
            (Behaviour::TaskWeight { task, .. }, Some(_)) if self.is_unselected(wanted, task) => {
                return false;
            }
            (Behaviour::TaskWeight { task, .. }, Some(class)) => {
                let known: Vec<_> = class.tasks.iter().map(|one| one.name.as_str()).collect();
                let message = format!("`{}` has no task `{}`", class.name, shorten(task));
                let help = did_you_mean_or_list(task, &known);
                (!known.contains(&task.as_str())).then_some(("task", message, Some(help)))
            }
            _ => None,
        };
        match trouble {
            None => true,
            Some((key, message, help)) => {
                if let Some(node) = fields.value(key) {
                    self.report_maybe(node.span, message, help);
                }
                false
            }
        }
    }
}
