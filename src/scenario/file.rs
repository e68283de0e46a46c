//! The top of a scenario file.

use std::rc::Rc;
use std::time::Duration;

use crate::model::{Load, Scenario, SlotId, Wait};
use crate::program::{Class, WhenUnset};
use crate::scenario::class;
use crate::scenario::draft::Http;
use crate::scenario::fields::{self, Fields};
use crate::scenario::host;
use crate::scenario::node::{Node, NodeKind, Resolved, shorten};
use crate::scenario::reader::Reader;
use crate::scenario::step::Surroundings;

pub(super) const KEYS: [&str; 10] = [
    "name",
    "description",
    "host",
    "include",
    "variables",
    "blocks",
    "load",
    "http",
    "headers",
    "user_classes",
];
/// The most variables of all classes.
const MAX_VARIABLES: usize = 1_000;
pub(super) const LOAD_KEYS: [&str; 4] = ["users", "spawn_rate", "run_time", "stop_timeout"];
pub(super) const HTTP_KEYS: [&str; 3] = ["timeout", "connect_timeout", "max_redirects"];
pub(super) const WAIT_KEYS: [&str; 5] = ["constant", "between", "pacing", "throughput", "poisson"];

impl Reader<'_> {
    /// Reads a whole file; the problems say whether it can be used.
    pub(super) fn file(&mut self, root: &Node) -> Option<(Scenario, Vec<Class>)> {
        let fields = Fields::read(root, "a scenario", &KEYS, &mut self.problems)?;
        let plain = |reader: &mut Self, key: &str| {
            let node = fields.value(key)?;
            let what = format!("`{key}`");
            fields::plain_text(node, &what, &mut reader.problems).map(str::to_owned)
        };
        let name = plain(self, "name");
        let description = plain(self, "description").unwrap_or_default();
        let host = fields.value("host").and_then(|node| self.host(node));
        let http = fields
            .value("http")
            .map_or_else(Http::default, |node| self.http(node));
        let mut scenario = Scenario {
            name: name.unwrap_or_else(|| self.problems.source.stem().to_owned()),
            description: description.trim().to_owned(),
            host,
            load: Load {
                users: 1,
                spawn_rate: 1.0,
            },
            run_time: None,
            stop_timeout: None,
            user_classes: Vec::new(),
        };
        if let Some(node) = fields.value("load") {
            self.load(node, &mut scenario);
        }
        self.variables = fields.value("variables").cloned().map(Rc::new);
        self.blocks(fields.value("blocks"));
        let classes = self.classes(root, &fields, http);
        self.unused_blocks();
        scenario.user_classes = classes.iter().map(class::model).collect();
        Some((scenario, classes))
    }

    fn classes(&mut self, root: &Node, fields: &Fields<'_>, http: Http) -> Vec<Class> {
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
        // Slots are handed out before any expression is read: what lies beyond
        // them names other failures.
        for entry in entries {
            for variable in self.variables_of(&entry.value) {
                self.tables.slot(&variable);
                if self.tables.slots.len() > MAX_VARIABLES {
                    self.report(node.span, "more than 1000 variables, the limit");
                    return Vec::new();
                }
            }
        }
        entries
            .iter()
            .filter_map(|entry| self.class(entry, fields.value("headers"), http))
            .collect()
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

    fn load(&mut self, node: &Node, scenario: &mut Scenario) {
        let Some(fields) = Fields::read(node, "`load`", &LOAD_KEYS, &mut self.problems) else {
            return;
        };
        if let Some(node) = fields.value("users") {
            let bounds = 1..=crate::model::MAX_USERS;
            let users = fields::whole(node, "`users`", bounds, &mut self.problems);
            scenario.load.users = users.unwrap_or(1);
        }
        if let Some(node) = fields.value("spawn_rate")
            && let Some(rate) = fields::rate(node, "`spawn_rate`", &mut self.problems)
        {
            match Load::new(1.0, rate) {
                Ok(load) => scenario.load.spawn_rate = load.spawn_rate,
                Err(error) => self.report(node.span, error.to_string()),
            }
        }
        if let Some(node) = fields.value("run_time") {
            scenario.run_time = fields::period(node, "`run_time`", &mut self.problems);
        }
        if let Some(node) = fields.value("stop_timeout") {
            scenario.stop_timeout = fields::duration(node, "`stop_timeout`", &mut self.problems);
        }
    }

    fn http(&mut self, node: &Node) -> Http {
        let mut http = Http::default();
        let Some(fields) = Fields::read(node, "`http`", &HTTP_KEYS, &mut self.problems) else {
            return http;
        };
        for (key, limit) in [
            ("timeout", &mut http.timeout),
            ("connect_timeout", &mut http.connect_timeout),
        ] {
            if let Some(node) = fields.value(key)
                && let Some(given) = fields::period(node, &format!("`{key}`"), &mut self.problems)
            {
                *limit = given;
            }
        }
        if let Some(node) = fields.value("max_redirects") {
            let given = fields::whole(node, "`max_redirects`", 0..=100, &mut self.problems);
            let given = given.and_then(|given| u8::try_from(given).ok());
            http.max_redirects = given.unwrap_or(http.max_redirects);
        }
        http
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

fn constant(wait: Duration) -> Wait {
    Wait::Constant {
        seconds: wait.as_secs_f64(),
    }
}
