//! Which variables the users of a class have.

use std::collections::BTreeSet;

use crate::scenario::lower::reader::Blocks;
use crate::scenario::request::capture::is_variable;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar};

impl Blocks {
    /// The variables that are set for users by the `variables` of a file and by
    /// a class, or a list of steps, with the blocks that these use. Read before
    /// anything else, so that every expression knows all of them; mistakes are
    /// found later.
    pub(crate) fn variables_of(&self, file: Option<&Node>, node: &Node) -> BTreeSet<String> {
        let mut found = FoundVariables::default();
        if let Some(variables) = file {
            found.keys(variables);
        }
        found.class(node);
        let mut seen = BTreeSet::new();
        while let Some(name) = found.blocks.pop() {
            if seen.insert(name)
                && let Some(block) = self.steps.get(name)
            {
                found.steps(block);
            }
        }
        found.variables.into_iter().map(str::to_owned).collect()
    }
}

#[derive(Default)]
struct FoundVariables<'n> {
    variables: BTreeSet<&'n str>,
    /// The blocks that are used.
    blocks: Vec<&'n str>,
}

impl<'n> FoundVariables<'n> {
    fn class(&mut self, class: &'n Node) {
        let NodeKind::Map(parts) = &class.kind else {
            return self.steps(class);
        };
        for part in parts {
            match (part.key.text.as_str(), &part.value.kind) {
                ("variables", _) => self.keys(&part.value),
                ("tasks", NodeKind::Map(tasks)) => {
                    tasks.iter().for_each(|task| self.task(&task.value));
                }
                _ => self.steps(&part.value),
            }
        }
    }

    fn task(&mut self, task: &'n Node) {
        match &task.kind {
            NodeKind::Map(parts) => parts.iter().for_each(|part| self.steps(&part.value)),
            _ => self.steps(task),
        }
    }

    /// Steps, if it is a list; their keys may be misspelled.
    fn steps(&mut self, list: &'n Node) {
        let NodeKind::List(steps) = &list.kind else {
            return;
        };
        for step in steps {
            if let NodeKind::Map(parts) = &step.kind {
                parts.iter().for_each(|part| self.part(part));
            }
        }
    }

    fn part(&mut self, part: &'n Entry) {
        match (part.key.text.as_str(), &part.value.kind) {
            ("capture", NodeKind::Map(captures)) => {
                let sets = captures.iter().filter(|one| !one.value.is_null());
                self.add(sets.map(|one| &one.key));
            }
            ("set", _) => self.keys(&part.value),
            ("repeat", NodeKind::Map(how)) => {
                let each = how.iter().filter(|one| one.key.text == "each");
                self.add(each.filter_map(|one| one.value.as_scalar()));
            }
            ("use", NodeKind::Scalar(block)) => self.blocks.push(&block.text),
            ("choose", NodeKind::List(branches)) => {
                branches.iter().for_each(|branch| self.task(branch));
            }
            // What is sent may well look like steps.
            ("json", _) => {}
            _ => self.steps(&part.value),
        }
    }

    /// The keys of a map.
    fn keys(&mut self, map: &'n Node) {
        if let NodeKind::Map(entries) = &map.kind {
            self.add(entries.iter().map(|entry| &entry.key));
        }
    }

    fn add(&mut self, names: impl Iterator<Item = &'n Scalar>) {
        let names = names.map(|name| name.text.as_str());
        self.variables
            .extend(names.filter(|name| is_variable(name)));
    }
}
