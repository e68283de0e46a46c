//! The top of a scenario file.

use std::mem;
use std::rc::Rc;
use std::time::Duration;

use crate::model::{Criteria, Scenario, Wait, Workload};
use crate::program::{Class, Hooks, WhenUnset, mask_address};
use crate::scenario::connection::host;
use crate::scenario::file::file_section::{DrivenClass, FileSection};
use crate::scenario::file::sub_scenario::SubScenario;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::request_ir::Http;
use crate::scenario::schema::limits::MAX_CLASSES;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::steps::class;
use crate::scenario::steps::step::StepContext;
use crate::scenario::yaml::node::{Node, NodeKind, shorten};
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::units;

/// The most variables of all classes.
const MAX_VARIABLES: usize = 1_000;

impl Reader<'_> {
    /// Reads a whole file, and those that it lists; the problems say whether
    /// they can be used.
    pub(crate) fn file(
        &mut self,
        root: &Node,
        listed: &[SubScenario],
    ) -> Option<(Scenario, Vec<Class>, Hooks)> {
        let fields = self.fields(root, "a scenario", &maps::SCENARIO)?;
        let name = fields.get::<&str>("name").map(str::to_owned);
        let description: &str = fields.get("description").unwrap_or_default();
        let description = description.trim().to_owned();
        let of_load = fields.value("load");
        let load = of_load.map(|node| self.file_load(node, None));
        let load = load.unwrap_or_default();
        self.blocks(fields.value("blocks"));
        let data = fields.value("data");
        let criteria = fields.value("criteria");
        let timeline = fields.value("timeline");
        let sections = self.sections((fields, root.span), &load, listed);
        let host = self.hosts(&sections);
        let mut once = Hooks::default();
        let mut probes = Vec::new();
        let mut classes = Vec::new();
        if self.allot_slots(&sections) {
            if let Some(node) = data {
                self.data(node);
            }
            probes = self.probes_of_all(&sections);
            once = self.once(&sections);
            classes.extend(sections.iter().map(|section| self.classes(section)));
        }
        let of_file = sections.last().and_then(FileSection::variables);
        self.aside(|reader| reader.unused_blocks(of_file));
        self.require_selected(&sections);
        self.refuse_unshared(of_load, &sections, &classes);
        let (workloads, classes) = Self::workloads(&load.workload, &sections, classes);
        // A run ends by itself when all of it is planned to its end.
        let ends = workloads.iter().map(Workload::planned_end);
        let planned_end = ends
            .collect::<Option<Vec<_>>>()
            .and_then(|ends| ends.into_iter().max());
        let criteria = criteria.map(|node| self.criteria(node, &classes, &workloads));
        let timeline = timeline.map(|node| self.timeline(node, &classes));
        let scenario = Scenario {
            name: name.unwrap_or_else(|| self.problems.source.stem().to_owned()),
            description,
            host,
            iterations: load.iterations,
            max_rps: load.max_rps,
            run_time: load.run_time.or(planned_end),
            stop_timeout: load.stop_timeout,
            probes,
            criteria: Criteria {
                undelivered: load.undelivered,
                ..criteria.unwrap_or_default()
            },
            timeline: timeline.unwrap_or_default(),
            user_classes: classes.iter().map(class::model).collect(),
            workloads,
        };
        Some((scenario, classes, once))
    }

    /// Hands out the slots of all variables, before any expression is read:
    /// what lies beyond them names other failures. `false` if there are too many.
    fn allot_slots(&mut self, sections: &[FileSection<'_>]) -> bool {
        self.classes.setup_variables = self.once_variables(sections);
        let mut variables = self.classes.setup_variables.clone();
        for section in sections {
            let of_file = section.variables();
            for class in section.classes() {
                variables.extend(self.blocks.variables_of(of_file, &class.value));
            }
        }
        for variable in &variables {
            self.tables.slot(variable);
        }
        let fits = variables.len() <= MAX_VARIABLES;
        let classes = sections
            .iter()
            .find_map(|section| section.fields.value("user_classes"));
        if let (false, Some(node)) = (fits, classes) {
            self.report(node.span, "more than 1000 variables, the limit");
        }
        fits
    }

    /// The classes of a file.
    fn classes(&mut self, section: &FileSection<'_>) -> Vec<DrivenClass> {
        let Some(node) = section.fields.value("user_classes") else {
            if section.is_required && !section.fields.has("user_classes") {
                section
                    .fields
                    .report_missing("user_classes", section.span, &mut self.problems);
            }
            return Vec::new();
        };
        let Some(entries) = self.entries(node, "`user_classes`") else {
            return Vec::new();
        };
        let count = self.classes.names.len() + entries.len();
        if count > MAX_CLASSES {
            let message = format!("more than {MAX_CLASSES} user classes in all files, the limit");
            self.report(node.span, message);
            return Vec::new();
        }
        let mut selected = Vec::new();
        for entry in entries {
            self.classes.names.push(entry.key.text.clone());
            if self.selection.has_class(&entry.key.text) {
                selected.extend(self.class(entry, section));
            } else {
                let (class, names) = self.aside(|reader| reader.class(entry, section));
                let class = class.map(|(class, _)| class);
                self.classes.unselected.add(names, class);
            }
        }
        selected
    }

    /// Reports that none of the classes of all files is selected.
    fn require_selected(&mut self, sections: &[FileSection<'_>]) {
        let names = &self.classes.names;
        if names.is_empty() || names.iter().any(|name| self.selection.has_class(name)) {
            return;
        }
        let nodes = sections
            .iter()
            .find_map(|section| section.fields.value("user_classes"));
        if let Some(node) = nodes {
            let help = format!("available: {}", names.join(", "));
            let message = "this scenario has none of the selected user classes";
            self.report_with(node.span, message, help);
        }
    }

    /// The one host of all files.
    fn hosts(&mut self, sections: &[FileSection<'_>]) -> Option<String> {
        let nodes = sections
            .iter()
            .filter_map(|section| section.fields.value("host"));
        let mut first: Option<(String, Span)> = None;
        for node in nodes {
            let Some(host) = self.host(node) else {
                continue;
            };
            let Some((known, span)) = &first else {
                first = Some((host, node.span));
                continue;
            };
            if !host::is_same(known, &host) {
                let place = self.problems.source.name_place(span.start);
                let message = format!(
                    "all files must use the same host; {place} has `{}`",
                    mask_address(known)
                );
                let help = "remove one of them; requests can use full URLs";
                self.report_with(node.span, message, help);
            }
        }
        first.map(|(host, _)| host)
    }

    fn blocks(&mut self, node: Option<&Node>) {
        let entries = node.and_then(|node| self.entries(node, "`blocks`"));
        for entry in entries.unwrap_or_default() {
            let steps = Rc::new(entry.value.clone());
            self.blocks.steps.insert(entry.key.text.clone(), steps);
        }
    }

    /// Finds the mistakes of blocks that no class uses, as if one did that has
    /// all variables.
    fn unused_blocks(&mut self, of_file: Option<&Node>) {
        for (name, block) in self.blocks.steps.clone() {
            if self.blocks.used.contains(&name) {
                continue;
            }
            let own = self.blocks.variables_of(of_file, &block);
            let known = self.tables.slots.clone();
            let class = mem::take(&mut self.scope.class);
            self.enter(&class, known.into_iter().chain(own));
            let context = StepContext {
                headers: &[],
                http: Http::default(),
                when_unset: WhenUnset::Fail,
            };
            self.position.blocks = vec![name.clone()];
            self.sequence(&block, &format!("block `{}`", shorten(&name)), &context);
        }
    }

    fn host(&mut self, node: &Node) -> Option<String> {
        let text = &self.text(node, "`host`")?.text;
        match host::parse(text) {
            Ok(_) => Some(text.trim().to_owned()),
            Err(error) => {
                self.report(node.span, error.to_string());
                None
            }
        }
    }

    /// `wait:`: nothing, a duration, or a map with one kind. The table has
    /// checked it.
    pub(crate) fn wait(&mut self, node: &Node) -> Wait {
        if let Some(scalar) = node.as_scalar() {
            return units::duration(&scalar.text).map_or(Wait::NONE, constant);
        }
        let fields = self.fields(node, "`wait`", &maps::WAIT);
        let wait = fields.and_then(|fields| self.wait_of(&fields));
        wait.unwrap_or(Wait::NONE)
    }

    /// The one kind of a wait.
    pub(crate) fn wait_of(&mut self, fields: &Fields<'_>) -> Option<Wait> {
        let kind = fields.only()?;
        let rate = || fields.get(&kind.key.text);
        Some(match kind.key.text.as_str() {
            "between" => self.between(&kind.value)?,
            "throughput" => Wait::Throughput {
                per_second: rate()?,
            },
            "poisson" => Wait::Poisson {
                per_second: rate()?,
            },
            "pacing" => Wait::Pacing {
                seconds: fields.get::<Duration>("pacing")?.as_secs_f64(),
            },
            _ => constant(fields.get("constant")?),
        })
    }

    fn between(&mut self, node: &Node) -> Option<Wait> {
        let NodeKind::List(items) = &node.kind else {
            let expected = "`between` must be a list of two durations, such as [500ms, 2s]";
            self.wrong_type(node, expected);
            return None;
        };
        let seconds = |item: &Node| Some(units::duration(&item.as_scalar()?.text)?.as_secs_f64());
        let (min_seconds, max_seconds) = (seconds(items.first()?)?, seconds(items.get(1)?)?);
        if min_seconds > max_seconds {
            self.report(node.span, "put the shorter duration of `between` first");
            return None;
        }
        Some(Wait::Between {
            min_seconds,
            max_seconds,
        })
    }
}

fn constant(wait: Duration) -> Wait {
    Wait::Constant {
        seconds: wait.as_secs_f64(),
    }
}
