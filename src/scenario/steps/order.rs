//! In which order a class does its tasks, and how many.

use crate::model::TaskId;
use crate::program::{Order, Task};
use crate::scenario::lower::reader::Reader;
use crate::scenario::lower::selection::among;
use crate::scenario::schema::Fields;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, shorten};
use crate::scenario::yaml::suggest::did_you_mean_or_list;

impl Reader<'_> {
    /// Reads `order` and `transitions`, for the tasks that are left of the class.
    pub(crate) fn order(&mut self, class: &Fields<'_>, left: &[Task]) -> Order {
        let is_sequential = class.get("order") == Some("sequential");
        let Some(transitions) = class.entry("transitions") else {
            return if is_sequential {
                Order::Sequential
            } else {
                Order::Weighted
            };
        };
        let tasks = match class.value("tasks").map(|tasks| &tasks.kind) {
            Some(NodeKind::Map(tasks)) => tasks.as_slice(),
            _ => &[],
        };
        let order = self.transitions(&transitions.value, tasks);
        among(order, tasks, left)
    }

    fn transitions(&mut self, node: &Node, tasks: &[Entry]) -> Order {
        let mut followers = vec![Vec::new(); tasks.len()];
        let from = self.entries(node, "`transitions`");
        for from in from.unwrap_or_default() {
            let what = format!("the followers of `{}`", shorten(&from.key.text));
            let row = self
                .task_named(from, tasks)
                .and_then(|id| followers.get_mut(id.index()));
            let to = self.entries(&from.value, &what).unwrap_or_default();
            let mut weighted = Vec::new();
            for to in to {
                let id = self.task_named(to, tasks);
                let weight = to.value.as_scalar().and_then(Scalar::whole);
                weighted.extend(id.zip(weight));
            }
            if let Some(row) = row {
                *row = weighted;
            }
        }
        Order::Transitions(followers)
    }

    fn task_named(&mut self, entry: &Entry, tasks: &[Entry]) -> Option<TaskId> {
        let name = entry.key.text.as_str();
        let found = tasks.iter().position(|task| task.key.text == name);
        if found.is_none() {
            let names: Vec<_> = tasks.iter().map(|task| task.key.text.as_str()).collect();
            let message = format!("unknown task `{}` in this class", shorten(name));
            let help = did_you_mean_or_list(name, &names);
            self.report_with(entry.key.span, message, help);
        }
        found.map(TaskId::from)
    }
}
