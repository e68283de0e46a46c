//! The top of a scenario file.

use std::rc::Rc;
use std::time::Duration;

use crate::model::{Scenario, SlotId, Wait, Workload};
use crate::program::{Class, Once, WhenUnset};
use crate::scenario::class;
use crate::scenario::draft::Http;
use crate::scenario::fields::{self, Fields};
use crate::scenario::host;
use crate::scenario::http::Level;
use crate::scenario::node::{Node, NodeKind, Resolved, shorten};
use crate::scenario::reader::Reader;
use crate::scenario::step::Surroundings;

pub(super) const KEYS: [&str; 14] = [
    "name",
    "description",
    "host",
    "include",
    "data",
    "variables",
    "blocks",
    "load",
    "health",
    "setup",
    "teardown",
    "http",
    "headers",
    "user_classes",
];
/// The most variables of all classes.
const MAX_VARIABLES: usize = 1_000;
pub(super) const WAIT_KEYS: [&str; 5] = ["constant", "between", "pacing", "throughput", "poisson"];

impl Reader<'_> {
    /// Reads a whole file; the problems say whether it can be used.
    pub(super) fn file(&mut self, root: &Node) -> Option<(Scenario, Vec<Class>, Once)> {
        let fields = Fields::read(root, "a scenario", &KEYS, &mut self.problems)?;
        let plain = |reader: &mut Self, key: &str| {
            let node = fields.value(key)?;
            let what = format!("`{key}`");
            fields::plain_text(node, &what, &mut reader.problems).map(str::to_owned)
        };
        let name = plain(self, "name");
        let description = plain(self, "description").unwrap_or_default();
        let host = fields.value("host").and_then(|node| self.host(node));
        let http = self.http(fields.value("http"), Http::default(), Level::Outer);
        let load = fields.value("load").map(|node| self.file_load(node));
        let load = load.unwrap_or_default();
        self.tables.run_time = load.run_time;
        self.variables = fields.value("variables").cloned().map(Rc::new);
        self.blocks(fields.value("blocks"));
        self.setup_variables = self.once_variables(&fields);
        let (once, mut classes) = if self.allot_slots(&fields) {
            if let Some(node) = fields.value("data") {
                self.data(node);
            }
            let once = self.once(&fields, http);
            (once, self.classes(root, &fields, http))
        } else {
            (Once::default(), Vec::new())
        };
        self.unused_blocks();
        let workloads = workloads(load.workload, &mut classes);
        // A run ends by itself when all of it is planned to its end.
        let ends = workloads.iter().map(Workload::planned_end);
        let planned_end = ends
            .collect::<Option<Vec<_>>>()
            .and_then(|ends| ends.into_iter().max());
        let scenario = Scenario {
            name: name.unwrap_or_else(|| self.problems.source.stem().to_owned()),
            description: description.trim().to_owned(),
            host,
            iterations: load.iterations,
            max_rps: load.max_rps,
            run_time: load.run_time.or(planned_end),
            stop_timeout: load.stop_timeout,
            user_classes: classes
                .iter()
                .map(|(class, _)| class::model(class))
                .collect(),
            workloads,
        };
        Some((
            scenario,
            classes.into_iter().map(|(class, _)| class).collect(),
            once,
        ))
    }

    /// Hands out the slots of all variables, before any expression is read:
    /// what lies beyond them names other failures. `false` if there are too many.
    fn allot_slots(&mut self, fields: &Fields<'_>) -> bool {
        let classes = match fields.value("user_classes").map(|node| &node.kind) {
            Some(NodeKind::Map(classes)) => classes.as_slice(),
            _ => &[],
        };
        let mut variables = self.setup_variables.clone();
        for class in classes {
            variables.extend(self.variables_of(&class.value));
        }
        for variable in &variables {
            self.tables.slot(variable);
        }
        let fits = variables.len() <= MAX_VARIABLES;
        if let (false, Some(node)) = (fits, fields.value("user_classes")) {
            self.report(node.span, "more than 1000 variables, the limit");
        }
        fits
    }

    fn classes(&mut self, root: &Node, fields: &Fields<'_>, http: Http) -> Vec<Driven> {
        let help = "for example `user_classes: {Visitor: {tasks: {read: [{get: /}]}}}`";
        let Some(node) = fields.value("user_classes") else {
            fields::missing(root.span, "`user_classes`", help, &mut self.problems);
            return Vec::new();
        };
        let Some(entries) = fields::entries(node, "`user_classes`", &mut self.problems) else {
            return Vec::new();
        };
        if entries.is_empty() || entries.len() > 1_000 {
            let message = "`user_classes` names 1 to 1000 classes";
            self.problems
                .report_with(node.span, message, Some(help.to_owned()));
            return Vec::new();
        }
        self.class_names = entries.iter().map(|entry| entry.key.text.clone()).collect();
        let mut selected = Vec::new();
        for entry in entries {
            if self.selection.has_class(&entry.key.text) {
                selected.extend(self.class(entry, fields.value("headers"), http));
            } else {
                // Read for its mistakes; nothing of it is in the program.
                let tables = self.tables.clone();
                self.class(entry, fields.value("headers"), http);
                self.tables = tables;
            }
        }
        if !entries
            .iter()
            .any(|entry| self.selection.has_class(&entry.key.text))
        {
            let help = format!("there are: {}", self.class_names.join(", "));
            let message = "none of the user classes here is selected";
            self.problems.report_with(node.span, message, Some(help));
        }
        selected
    }

    fn blocks(&mut self, node: Option<&Node>) {
        let entries = node.and_then(|node| fields::entries(node, "`blocks`", &mut self.problems));
        for entry in entries.unwrap_or_default() {
            let steps = Rc::new(entry.value.clone());
            self.blocks.insert(entry.key.text.clone(), steps);
        }
    }

    /// Finds the mistakes of blocks that no class uses, as if one did.
    fn unused_blocks(&mut self) {
        let tables = self.tables.clone();
        for (name, block) in self.blocks.clone() {
            if self.used_blocks.contains(&name) {
                continue;
            }
            let variables = self.variables_of(&block).into_iter();
            let scope = &mut self.scope.variables;
            let known = self.tables.slots.iter().cloned().zip(0..);
            scope.extend(known.map(|(variable, at): (_, usize)| (variable, at.into())));
            scope.extend(variables.map(|variable| (variable, SlotId(0))));
            let around = Surroundings {
                headers: &[],
                http: Http::default(),
                when_unset: WhenUnset::Fail,
            };
            self.stretch.blocks = vec![name.clone()];
            self.sequence(&block, &format!("block `{}`", shorten(&name)), &around);
        }
        self.tables = tables;
    }

    fn host(&mut self, node: &Node) -> Option<String> {
        let text = &fields::text(node, "`host`", &mut self.problems)?.text;
        match host::parse(text) {
            Ok(_) => Some(text.trim().to_owned()),
            Err(error) => {
                self.report(node.span, error.to_string());
                None
            }
        }
    }

    /// `wait:`: nothing, a duration, or a map with one kind.
    pub(super) fn wait(&mut self, node: &Node) -> Wait {
        if let Some(scalar) = node.as_scalar() {
            if scalar.text == "none" || scalar.resolve() == Resolved::Null {
                return Wait::NONE;
            }
            let what = "`wait`, where it is not a map,";
            let given = fields::duration(node, what, &mut self.problems);
            return given.map_or(Wait::NONE, constant);
        }
        let fields = Fields::read(node, "`wait`", &WAIT_KEYS, &mut self.problems);
        let Some(fields) = fields else {
            return Wait::NONE;
        };
        let [entry] = fields.all() else {
            let help = "for example `wait: {between: [500ms, 2s]}`".to_owned();
            let message = "`wait` has exactly one kind";
            self.problems.report_with(node.span, message, Some(help));
            return Wait::NONE;
        };
        let value = &entry.value;
        let wait = match entry.key.text.as_str() {
            "constant" => fields::duration(value, "`constant`", &mut self.problems).map(constant),
            "between" => self.between(value),
            "pacing" => {
                fields::period(value, "`pacing`", &mut self.problems).map(|period| Wait::Pacing {
                    seconds: period.as_secs_f64(),
                })
            }
            "throughput" => fields::rate(value, "`throughput`", &mut self.problems)
                .map(|per_second| Wait::Throughput { per_second }),
            "poisson" => fields::rate(value, "`poisson`", &mut self.problems)
                .map(|per_second| Wait::Poisson { per_second }),
            _ => None,
        };
        wait.unwrap_or(Wait::NONE)
    }

    fn between(&mut self, node: &Node) -> Option<Wait> {
        let NodeKind::List(items) = &node.kind else {
            let expected = "`between` is a list of two durations: [500ms, 2s]";
            fields::wrong_type(node, expected, &mut self.problems);
            return None;
        };
        let [min, max] = items.as_slice() else {
            self.report(
                node.span,
                "`between` is a list of two durations: [500ms, 2s]",
            );
            return None;
        };
        let min = fields::duration(min, "the shortest wait", &mut self.problems);
        let max = fields::duration(max, "the longest wait", &mut self.problems);
        let (min, max) = (min?, max?);
        if min > max {
            self.report(node.span, "the shorter wait of `between` comes first");
            return None;
        }
        Some(Wait::Between {
            min_seconds: min.as_secs_f64(),
            max_seconds: max.as_secs_f64(),
        })
    }
}

/// A class, and the load of its own that it may have.
type Driven = (Class, Option<Workload>);

/// All workloads: that of the file, if it drives a class, and those of classes
/// with a load of their own. The classes are told which is theirs.
fn workloads(of_file: Workload, classes: &mut [Driven]) -> Vec<Workload> {
    let mut workloads = Vec::new();
    if classes.is_empty() || classes.iter().any(|(_, own)| own.is_none()) {
        workloads.push(of_file);
    }
    for (class, own) in classes {
        if let Some(own) = own.take() {
            class.workload = workloads.len();
            workloads.push(own);
        }
    }
    workloads
}

fn constant(wait: Duration) -> Wait {
    Wait::Constant {
        seconds: wait.as_secs_f64(),
    }
}
