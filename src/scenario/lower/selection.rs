//! Which user classes and tasks of a scenario are run.

use crate::model::{Population, TaskId};
use crate::program::{Class, Order, Task};
use crate::scenario::lower::reader::Reader;
use crate::scenario::yaml::node::{Entry, NodeKind};

/// The classes and tasks to run, and their weights; all of it as written by
/// default. What is not selected is read and checked, and is not in the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The user classes to run; all of them if empty.
    pub classes: Vec<String>,
    /// Only tasks with at least one of these tags; all of them if empty.
    pub tags: Vec<String>,
    /// No task with one of these tags, whatever else it has.
    pub exclude_tags: Vec<String>,
    /// How weights count.
    pub weights: Weights,
}

/// How the weights of user classes and tasks count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weights {
    /// As the scenario says.
    #[default]
    AsWritten,
    /// All are 1. Fixed counts of users stay.
    Equal,
}

impl Selection {
    /// Whether a user class is run.
    #[must_use]
    pub fn has_class(&self, name: &str) -> bool {
        self.classes.is_empty() || self.classes.iter().any(|class| class == name)
    }

    /// Those of the classes to run that are not among these.
    #[must_use]
    pub fn unknown_classes(&self, known: &[&str]) -> Vec<&str> {
        let names = self.classes.iter().map(String::as_str);
        names.filter(|name| !known.contains(name)).collect()
    }

    /// Whether tasks with these tags are run.
    #[must_use]
    pub fn has_task(&self, tags: &[String]) -> bool {
        let is_among = |wanted: &[String]| tags.iter().any(|tag| wanted.contains(tag));
        (self.tags.is_empty() || is_among(&self.tags)) && !is_among(&self.exclude_tags)
    }

    /// The options that select, for people.
    pub(crate) fn words(&self) -> String {
        let classes = !self.classes.is_empty();
        let classes = classes.then(|| "the choice of user classes".to_owned());
        let tasks = Some(self.shown()).filter(|shown| !shown.is_empty());
        let both: Vec<_> = classes.into_iter().chain(tasks).collect();
        both.join(" and ")
    }

    /// The options that choose tasks, as they are typed.
    fn shown(&self) -> String {
        let options = [
            ("--tags", &self.tags),
            ("--exclude-tags", &self.exclude_tags),
        ];
        let given = options.iter().filter(|(_, tags)| !tags.is_empty());
        let given = given.map(|(option, tags)| format!("{option} {}", tags.join(" ")));
        given.collect::<Vec<_>>().join(" ")
    }
}

impl Reader<'_> {
    /// Reports a class that is run and whose tasks are all left out. `tags` are
    /// those of all its tasks.
    pub(crate) fn require_tasks(&mut self, class: &Entry, left: &[Task], mut tags: Vec<String>) {
        let has_tasks = matches!(&class.value.kind, NodeKind::Map(entries) if entries
            .iter()
            .any(|entry| entry.key.text == "tasks"));
        let shown = self.selection.shown();
        let is_run = self.selection.has_class(&class.key.text);
        if !left.is_empty() || !has_tasks || shown.is_empty() || !is_run {
            return;
        }
        tags.sort_unstable();
        tags.dedup();
        let name = &class.key.text;
        let message = format!("{shown} leaves `{name}` without tasks");
        let help = if tags.is_empty() {
            "its tasks have no tags; to skip this class, list the classes to run".to_owned()
        } else {
            format!(
                "its tags: {}; to skip this class, list the classes to run",
                tags.join(", ")
            )
        };
        self.report_with(class.key.span, message, help);
    }

    /// Weighs a class and its tasks as selected.
    pub(crate) fn weigh(&self, class: &mut Class) {
        if self.selection.weights == Weights::AsWritten {
            return;
        }
        if let Population::Weight(weight) = &mut class.population {
            *weight = 1;
        }
        class.tasks.edit(|task| task.weight = 1);
    }
}

/// The order of the tasks that are left, of one that counts all of them.
pub(crate) fn among(order: Order, all: &[Entry], left: &[Task]) -> Order {
    let Order::Transitions(followers) = order else {
        return order;
    };
    let places: Vec<Option<TaskId>> = all
        .iter()
        .map(|entry| {
            let place = left.iter().position(|task| task.name == entry.key.text);
            place.map(TaskId::from)
        })
        .collect();
    let follows = |followers: Vec<(TaskId, u32)>| {
        let followers = followers.into_iter();
        let left = followers.filter_map(|(id, weight)| Some((places[id.index()]?, weight)));
        left.collect()
    };
    let rows = followers.into_iter().zip(&places);
    let rows = rows.filter(|(_, place)| place.is_some());
    Order::Transitions(rows.map(|(row, _)| follows(row)).collect())
}
