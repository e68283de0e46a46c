//! `timeline:`: what is changed while a run goes on.

use std::time::Duration;

use crate::model::{
    BURST_FACTOR_MAX, BURST_HOLD, BURST_TIME_MAX, Behaviour, Burst, Change, Edit, Population,
    Suspended, TIMELINE_MAX, TimelineEntry,
};
use crate::program::{Class, Secrets};
use crate::scenario::file::include;
use crate::scenario::lower::reader::Reader;
use crate::scenario::lower::selection::Selection;
use crate::scenario::schema::{Fields, Known, MapDef, maps};
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Node, Resolved, Scalar, shorten};
use crate::scenario::yaml::source::{Source, Span};
use crate::scenario::yaml::suggest::did_you_mean_or_list;
use crate::scenario::{Diagnostic, Environment};

/// What is done by a word.
pub(crate) const DEEDS: [(&str, Change); 6] = [
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
/// What tells what an entry changes, and the map of the table that says what
/// goes with it.
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
        let known = Known::from(&maps::CHANGE).without("at");
        let fields = reader.fields(root, "a change", known)?;
        reader.change(&fields, root.span)
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
        let items = fields::items(node, "`timeline`", of, &mut self.problems).unwrap_or_default();
        if items.len() > TIMELINE_MAX {
            let message = format!("more than {TIMELINE_MAX} changes in `timeline`, the limit");
            self.report(node.span, message);
            return Vec::new();
        }
        let entries = items
            .iter()
            .filter_map(|item| self.timeline_entry(item, classes));
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| entry.at);
        entries
    }

    fn timeline_entry(&mut self, node: &Node, classes: &[Class]) -> Option<TimelineEntry> {
        let what = "an entry of `timeline`";
        let fields = self.fields(node, what, &maps::CHANGE)?;
        if fields.value("at").is_none() {
            let help = "for example `{at: 30s, users: 500}`";
            fields::missing(node.span, "`at`", help, &mut self.problems);
            return None;
        }
        let at = fields.time("at", &mut self.problems)?;
        let at = Duration::from_secs_f64((at.as_secs_f64() * 1e3).round() / 1e3);
        let change = self.change(&fields, node.span)?;
        let is_here = match &change {
            Change::Behaviour(behaviour) => self.concerns(behaviour, &fields, classes),
            _ => true,
        };
        is_here.then_some(TimelineEntry { at, change })
    }

    /// What an entry changes, whose keys are known ones.
    fn change(&mut self, fields: &Fields<'_>, span: Span) -> Option<Change> {
        let known = KINDS.iter().find(|(key, _)| fields.entry(key).is_some());
        let Some((key, map)) = known else {
            let message = "this changes nothing: say `users`, `rate`, `burst`, `class`, `request`, `run_time` or `do`";
            self.report(span, message);
            return None;
        };
        let mut entries = fields.all().iter();
        if let Some(entry) = entries.find(|entry| !map.has(&entry.key.text)) {
            let message = format!(
                "`{}` does not go with `{key}`: an entry changes one thing",
                shorten(&entry.key.text)
            );
            self.report(entry.key.span, message);
            return None;
        }
        match *key {
            "burst" => self.burst(fields.value("burst")?).map(Change::Burst),
            "class" => self.behaviour(fields, span).map(Change::Behaviour),
            "request" => self.request_switch(fields, span).map(Change::Behaviour),
            "run_time" => self.changed_run_time(fields),
            "do" => self.deed_of_timeline(fields.value("do")?),
            _ => self.load_change(fields),
        }
    }

    fn load_change(&mut self, fields: &Fields<'_>) -> Option<Change> {
        let mut edit = Edit::default();
        if fields.value("users").is_some() {
            let users = fields.whole("users", &mut self.problems)?;
            edit.users = Some(f64::from(users));
        }
        if fields.value("spawn_rate").is_some() {
            edit.spawn_rate = Some(fields.rate("spawn_rate", &mut self.problems)?);
        }
        if fields.value("rate").is_some() {
            edit.rate = Some(fields.rate("rate", &mut self.problems)?);
        }
        Some(Change::Load(edit))
    }

    fn burst(&mut self, node: &Node) -> Option<Burst> {
        let fields = self.fields(node, "`burst`", &maps::BURST)?;
        let Some(factor) = fields.value("factor") else {
            let help = "for example `burst: {factor: 5, hold: 10s}`";
            fields::missing(node.span, "`factor`", help, &mut self.problems);
            return None;
        };
        let number = match factor.as_scalar().map(Scalar::resolve) {
            #[expect(clippy::cast_precision_loss, reason = "a factor, bounded below")]
            Some(Resolved::Int(int)) => int as f64,
            Some(Resolved::Float(float)) => float,
            _ => f64::NAN,
        };
        if !(number > 1.0 && number <= BURST_FACTOR_MAX) {
            let message = format!("`factor` is a number above 1, {BURST_FACTOR_MAX} at most");
            self.report(factor.span, message);
            return None;
        }
        Some(Burst {
            factor: number,
            rise: self.burst_time(&fields, "rise", Duration::ZERO)?,
            hold: self.burst_time(&fields, "hold", BURST_HOLD)?,
        })
    }

    fn burst_time(&mut self, fields: &Fields<'_>, key: &str, unsaid: Duration) -> Option<Duration> {
        let Some(node) = fields.value(key) else {
            return Some(unsaid);
        };
        let time = fields.time(key, &mut self.problems)?;
        if time > BURST_TIME_MAX {
            self.report(node.span, "a burst lasts an hour at most");
            return None;
        }
        Some(time)
    }

    /// `class` with a weight, its own or that of a task, or a wait.
    fn behaviour(&mut self, fields: &Fields<'_>, span: Span) -> Option<Behaviour> {
        let problems = &mut self.problems;
        let class = fields.plain_text("class", problems)?.to_owned();
        let task = fields.plain_text("task", problems).map(str::to_owned);
        let weight = match fields.value("weight") {
            Some(_) => Some(fields.whole("weight", problems)?),
            None => None,
        };
        match (task, weight, fields.value("wait")) {
            (None, Some(weight), None) => Some(Behaviour::ClassWeight { class, weight }),
            (Some(task), Some(weight), None) => Some(Behaviour::TaskWeight {
                class,
                task,
                weight,
            }),
            (None, None, Some(wait)) => {
                let wait = self.wait(wait);
                Some(Behaviour::Wait { class, wait })
            }
            _ => {
                let message = "a class gets a `weight`, or a `wait`, or a `task` and its `weight`";
                self.report(span, message);
                None
            }
        }
    }

    /// `request`, and whether it is sent.
    fn request_switch(&mut self, fields: &Fields<'_>, span: Span) -> Option<Behaviour> {
        let name = fields.plain_text("request", &mut self.problems)?;
        let deed = fields.value("do").and_then(Node::as_scalar);
        let is_sent = match deed.map(|scalar| scalar.text.as_str()) {
            Some("send") => true,
            Some("skip") => false,
            _ => {
                self.report(
                    span,
                    "a request is sent or passed over: `do: send` or `do: skip`",
                );
                return None;
            }
        };
        let name = name.to_owned();
        Some(Behaviour::Request { name, is_sent })
    }

    fn changed_run_time(&mut self, fields: &Fields<'_>) -> Option<Change> {
        if fields
            .value("run_time")?
            .as_scalar()
            .is_some_and(|scalar| scalar.text == "none")
        {
            return Some(Change::RunTime(None));
        }
        let time = fields.time("run_time", &mut self.problems)?;
        Some(Change::RunTime(Some(time)))
    }

    fn deed_of_timeline(&mut self, node: &Node) -> Option<Change> {
        let deed = fields::plain_text(node, "`do`", &mut self.problems)?;
        let known = DEEDS.into_iter().find(|(word, _)| *word == deed);
        if known.is_none() {
            let message = format!("`do: {}` is nothing by itself", shorten(deed));
            let help = Some(did_you_mean_or_list(deed, &DEEDS.map(|(word, _)| word)));
            self.report_maybe(node.span, message, help);
        }
        known.map(|(_, change)| change)
    }

    fn is_left_out(&self, class: &str, task: &str) -> bool {
        let mut classes = self.classes.left_out.classes.iter();
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
                let is_left_out = self.classes.names.contains(wanted);
                if is_left_out || !self.classes.left_out.classes.is_empty() {
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
            (Behaviour::TaskWeight { task, .. }, Some(_)) if self.is_left_out(wanted, task) => {
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
