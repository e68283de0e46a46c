//! Which parts of a scenario count in which rows of the statistics.

use std::collections::BTreeSet;

use crate::model::{ClassId, Method, NameId, RequestId, RowKind, Selector, TaskId};
use crate::program::{Class, CodeAt, Instruction, Name, Program, Task};

/// The parts of a scenario, each with the rows that its requests count in.
#[derive(Clone, Debug)]
pub struct Coverage<'p> {
    names: &'p [Name],
    classes: &'p [Class],
    parts: Vec<CoveragePart>,
}

/// A task, or `on_start` or `on_stop` of a class.
#[derive(Clone, Debug)]
struct CoveragePart {
    class: ClassId,
    task: Option<TaskId>,
    rows: BTreeSet<NameId>,
}

/// Why a selector selects no rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unselected {
    /// Nothing is called so. What is, as it would be written.
    Unknown(Vec<String>),
    /// What is selected sends no requests.
    Empty,
    /// Requests that are not selected count in the same row.
    Shared {
        /// The row.
        row: NameId,
        /// Who else counts there, for people.
        with: String,
    },
}

impl<'p> Coverage<'p> {
    /// The parts of these classes, whose code is `code`; `row_of` gives the row
    /// of a request.
    pub(crate) fn new(
        names: &'p [Name],
        classes: &'p [Class],
        code: &[Instruction],
        row_of: impl Fn(RequestId) -> Option<NameId>,
    ) -> Self {
        let rows = |entry: CodeAt| requests_from(code, entry).filter_map(&row_of).collect();
        let mut parts = Vec::new();
        for (index, class) in classes.iter().enumerate() {
            let part = |task, entry| CoveragePart {
                class: ClassId::from(index),
                task,
                rows: rows(entry),
            };
            let edges = [class.on_start, class.on_stop].into_iter().flatten();
            parts.extend(edges.map(|entry| part(None, entry)));
            let tasks = class.tasks.iter().enumerate();
            parts.extend(tasks.map(|(task, one)| part(Some(TaskId::from(task)), one.entry)));
        }
        Self {
            names,
            classes,
            parts,
        }
    }

    /// The rows that a selector selects; `None` for all requests.
    pub(crate) fn rows(&self, selector: &Selector) -> Result<Option<Vec<NameId>>, Unselected> {
        let is_selected: Box<dyn Fn(&CoveragePart) -> bool> = match selector {
            Selector::All | Selector::Status(..) => return Ok(None),
            Selector::Name(method, name) => {
                let rows = self.named(*method, name);
                return rows
                    .map(Some)
                    .ok_or_else(|| Unselected::Unknown(self.all_names()));
            }
            Selector::Class(name) => Box::new(|part| self.class(part).name == *name),
            Selector::Task(name) => {
                Box::new(|part| self.task(part).is_some_and(|task| task.name == *name))
            }
            Selector::Tag(tag) => {
                Box::new(|part| self.task(part).is_some_and(|task| task.tags.contains(tag)))
            }
        };
        let (selected, others): (Vec<_>, Vec<_>) =
            self.parts.iter().partition(|part| is_selected(part));
        if selected.is_empty() {
            return Err(Unselected::Unknown(self.known(selector)));
        }
        let rows: BTreeSet<_> = selected
            .iter()
            .flat_map(|part| &part.rows)
            .copied()
            .collect();
        if rows.is_empty() {
            return Err(Unselected::Empty);
        }
        for other in others {
            if let Some(row) = other.rows.intersection(&rows).next() {
                let with = self.describe(other);
                return Err(Unselected::Shared { row: *row, with });
            }
        }
        Ok(Some(rows.into_iter().collect()))
    }

    /// The classes whose users send requests that count in these rows.
    pub(crate) fn classes_of(&self, rows: &[NameId]) -> BTreeSet<ClassId> {
        let parts = self.parts.iter();
        let counting = parts.filter(|part| rows.iter().any(|row| part.rows.contains(row)));
        counting.map(|part| part.class).collect()
    }

    pub(crate) fn classes(&self) -> BTreeSet<ClassId> {
        (0..self.classes.len()).map(ClassId::from).collect()
    }

    /// The method and name of a row.
    pub(crate) fn name(&self, row: NameId) -> String {
        let name = self.names.get(row.index());
        name.map_or_else(String::new, |name| format!("{} {}", name.kind, name.name))
    }

    /// The rows of requests of this name, else those of groups.
    fn named(&self, method: Option<Method>, name: &str) -> Option<Vec<NameId>> {
        let of = |matches: &dyn Fn(&Name) -> bool| {
            let rows = self.names.iter().enumerate();
            let found = rows.filter(|(_, row)| matches(row));
            let found: Vec<_> = found.map(|(at, _)| NameId::from(at)).collect();
            (!found.is_empty()).then_some(found)
        };
        let is_of_method = |kind: RowKind| match (kind, method) {
            (RowKind::Request(own), Some(method)) => own == method,
            (RowKind::Request(_), None) => true,
            _ => false,
        };
        // A name may begin with a word that is a method.
        let whole = method.map(|method| format!("{method} {name}"));
        let whole = whole.as_deref().unwrap_or(name);
        of(&|row| is_of_method(row.kind) && row.name == name)
            .or_else(|| of(&|row| row.kind.is_request() && row.name == whole))
            .or_else(|| of(&|row| row.kind == RowKind::Group && row.name == whole))
    }

    fn all_names(&self) -> Vec<String> {
        let rows = self.names.iter().filter(|row| row.kind != RowKind::Task);
        let with_method = rows.clone().map(|row| format!("{} {}", row.kind, row.name));
        with_method
            .chain(rows.map(|row| row.name.clone()))
            .collect()
    }

    /// What could have been meant.
    fn known(&self, selector: &Selector) -> Vec<String> {
        let tasks = self.classes.iter().flat_map(|class| class.tasks.iter());
        let known: BTreeSet<&str> = match selector {
            Selector::Tag(_) => tasks
                .flat_map(|task| &task.tags)
                .map(String::as_str)
                .collect(),
            Selector::Task(_) => tasks.map(|task| task.name.as_str()).collect(),
            _ => self
                .classes
                .iter()
                .map(|class| class.name.as_str())
                .collect(),
        };
        known.into_iter().map(str::to_owned).collect()
    }

    fn class(&self, part: &CoveragePart) -> &Class {
        &self.classes[part.class.index()]
    }

    fn task(&self, part: &CoveragePart) -> Option<&Task> {
        self.class(part).tasks.get(part.task?.index())
    }

    fn describe(&self, part: &CoveragePart) -> String {
        let class = &self.class(part).name;
        match self.task(part) {
            Some(task) => format!("task `{}` of `{class}`", task.name),
            None => format!("`on_start` or `on_stop` of `{class}`"),
        }
    }
}

/// The request steps of the task, `on_start` or `on_stop` that begins there.
pub(crate) fn requests_from(
    code: &[Instruction],
    entry: CodeAt,
) -> impl Iterator<Item = RequestId> {
    let code = code.get(entry.index()..).unwrap_or_default();
    let of_part = code
        .iter()
        .take_while(|one| !matches!(one, Instruction::End));
    let requests = of_part.flat_map(|one| match one {
        Instruction::Request(id) => id.0..id.0.saturating_add(1),
        Instruction::Parallel { first, count } => first.0..first.0.saturating_add(*count),
        _ => 0..0,
    });
    requests.map(RequestId)
}

impl Program {
    /// The request steps of the task, `on_start` or `on_stop` that begins there.
    pub(crate) fn requests_from(&self, entry: CodeAt) -> impl Iterator<Item = RequestId> {
        requests_from(&self.code, entry)
    }

    /// Which of its parts count in which rows.
    pub(crate) fn usage(&self) -> Coverage<'_> {
        let row_of = |id: RequestId| self.requests.get(id.index()).map(|request| request.name);
        Coverage::new(&self.names, &self.classes, &self.code, row_of)
    }
}
