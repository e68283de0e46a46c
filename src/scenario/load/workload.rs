//! `load:`, at the top of a file and in a class.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Arrivals, Curve, Drive, Load, Spacing, UndeliveredRule, Workload};
use crate::scenario::file::file_section::Kept;
use crate::scenario::load::load_curve::Axis;
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::{Fields, MapDef, maps};
use crate::scenario::yaml::node::{Entry, Node, NodeKind};

pub(crate) const UNDELIVERED: [(&str, UndeliveredRule); 2] = [
    ("judge", UndeliveredRule::Judge),
    ("accept", UndeliveredRule::Accept),
];
pub(crate) const SPACINGS: [(&str, Spacing); 2] =
    [("even", Spacing::Even), ("poisson", Spacing::Poisson)];
/// What only an open load has.
const OPEN_KEYS: [&str; 4] = ["rate", "arrivals", "max_users", "queue"];

/// The most users and waiting starts of an open load that says nothing.
const DEFAULT_OPEN: u32 = 1_000;

/// The `load:` of a file.
#[derive(Debug)]
pub(crate) struct FileLoad {
    pub(crate) workload: Workload,
    pub(crate) run_time: Option<Duration>,
    pub(crate) stop_timeout: Option<Duration>,
    pub(crate) iterations: Option<u64>,
    pub(crate) max_rps: Option<f64>,
    pub(crate) undelivered: UndeliveredRule,
}

impl Default for FileLoad {
    fn default() -> Self {
        Self {
            workload: Workload {
                start: Duration::ZERO,
                drive: Drive::Fixed(Load::DEFAULT),
            },
            run_time: None,
            stop_timeout: None,
            iterations: None,
            max_rps: None,
            undelivered: UndeliveredRule::default(),
        }
    }
}

impl Reader<'_> {
    /// The `load:` at the top of a file; `run_time` is how long waves go on where
    /// it does not say.
    pub(crate) fn file_load(&mut self, node: &Node, run_time: Option<Duration>) -> FileLoad {
        let mut load = FileLoad::default();
        let Some(fields) = self.fields(node, "`load`", &maps::LOAD) else {
            return load;
        };
        let problems = &mut self.problems;
        load.run_time = fields.time("run_time", problems);
        load.stop_timeout = fields.time("stop_timeout", problems);
        load.iterations = fields.whole("iterations", problems).map(u64::from);
        load.max_rps = fields.rate("max_rps", problems);
        let rule = fields.word("undelivered", &UNDELIVERED, problems);
        load.undelivered = rule.unwrap_or_default();
        if let Some(workload) = self.workload(&fields, load.run_time.or(run_time)) {
            load.workload = workload;
        }
        load
    }

    /// The `load:` that a listed file is given instead of its own.
    pub(crate) fn listed_load(&mut self, node: &Node, run_time: Option<Duration>) -> Kept {
        let Some(fields) = self.fields(node, "`load`", &maps::LOAD) else {
            return Kept::default();
        };
        self.refuse_run_keys(&fields, &maps::LISTED_LOAD, "one file of it");
        let own = fields.time("run_time", &mut self.problems);
        Kept {
            workload: self.workload(&fields, own.or(run_time)),
            run_time: own,
        }
    }

    /// The `load:` of a class; `run_time` is that of the file.
    pub(crate) fn class_load(
        &mut self,
        node: &Node,
        run_time: Option<Duration>,
    ) -> Option<Workload> {
        let fields = self.fields(node, "`load`", &maps::LOAD)?;
        self.refuse_run_keys(&fields, &maps::CLASS_LOAD, "one class");
        self.workload(&fields, run_time)
    }

    /// What only the load of a whole run says, and not this map.
    fn refuse_run_keys(&mut self, fields: &Fields<'_>, map: &MapDef, not: &str) {
        for entry in fields.beyond(map) {
            let message = format!("`{}` concerns the whole run, not {not}", entry.key.text);
            let help = "it belongs into the `load` at the top of the file";
            self.report_with(entry.key.span, message, help);
        }
    }

    fn workload(&mut self, fields: &Fields<'_>, run_time: Option<Duration>) -> Option<Workload> {
        let start = fields.time("start", &mut self.problems);
        let drive = match self.open_key(fields) {
            Some(entry) => self.arrivals(fields, entry, run_time)?,
            None => self.users(fields, run_time)?,
        };
        Some(Workload {
            start: start.unwrap_or_default(),
            drive,
        })
    }

    /// What makes a load an open one.
    fn open_key<'n>(&mut self, fields: &Fields<'n>) -> Option<&'n Entry> {
        let open = OPEN_KEYS.iter().find_map(|key| fields.entry(key));
        let in_stages = || {
            let NodeKind::List(stages) = &fields.value("stages")?.kind else {
                return None;
            };
            let NodeKind::Map(first) = &stages.first()?.kind else {
                return None;
            };
            first.iter().find(|entry| entry.key.text == "rate")
        };
        let open = open.or_else(in_stages)?;
        for key in ["users", "spawn_rate"] {
            if let Some(entry) = fields.entry(key) {
                let message = format!(
                    "`{key}` and `{}` exclude each other: a load has users or arrivals",
                    open.key.text
                );
                let help = "for both at once, give a user class a `load` of its own";
                self.report_with(entry.key.span, message, help);
            }
        }
        Some(open)
    }

    fn users(&mut self, fields: &Fields<'_>, run_time: Option<Duration>) -> Option<Drive> {
        let users = fields.value("users");
        let shape = users.filter(|node| matches!(node.kind, NodeKind::Map(_)));
        let spawn_rate = fields.entry("spawn_rate");
        let curve = match (fields.entry("stages"), shape) {
            (Some(stages), None) => {
                if let Some(entry) = fields.entry("users") {
                    let message = "`users` and `stages` exclude each other: a stage says its users";
                    self.report(entry.key.span, message);
                }
                Some(self.stages(&stages.value, Axis::Users))
            }
            (None, Some(shape)) => Some(self.shape(shape, Axis::Users, run_time)),
            (Some(stages), Some(_)) => {
                let message = "`stages` and a shape exclude each other";
                self.report(stages.key.span, message);
                return None;
            }
            (None, None) => None,
        };
        if let Some(curve) = curve {
            if let Some(entry) = spawn_rate {
                let message =
                    "users come and go as the plan says: there is no `spawn_rate` beside it";
                self.report(entry.key.span, message);
            }
            return Some(Drive::Users(Arc::new(curve?)));
        }
        let count = users.map(|_| fields.whole("users", &mut self.problems));
        let rate = spawn_rate.map(|entry| {
            let node = &entry.value;
            let rate = fields.rate("spawn_rate", &mut self.problems)?;
            Load::new(1.0, rate)
                .map_err(|error| self.report(node.span, error.to_string()))
                .ok()
        });
        Some(Drive::Fixed(Load {
            users: count.unwrap_or(Some(1))?,
            spawn_rate: rate.map_or(Some(1.0), |load| Some(load?.spawn_rate))?,
        }))
    }

    fn arrivals(
        &mut self,
        fields: &Fields<'_>,
        open: &Entry,
        run_time: Option<Duration>,
    ) -> Option<Drive> {
        let curve = match (fields.value("stages"), fields.value("rate")) {
            (Some(stages), None) => self.stages(stages, Axis::Rate),
            (None, Some(rate)) if matches!(rate.kind, NodeKind::Map(_)) => {
                self.shape(rate, Axis::Rate, run_time)
            }
            (None, Some(_)) => {
                let rate = fields.rate("rate", &mut self.problems);
                rate.map(Curve::from_value)
            }
            (Some(stages), Some(_)) => {
                let message = "`rate` and `stages` exclude each other: a stage says its rate";
                self.report(stages.span, message);
                None
            }
            (None, None) => {
                let help = "for example `rate: 200/s`";
                let message = format!("`{}` belongs to a `rate`, which is missing", open.key.text);
                self.report_with(open.key.span, message, help);
                None
            }
        };
        let count = |reader: &mut Self, key: &str| match fields.value(key) {
            Some(_) => fields.whole(key, &mut reader.problems),
            None => Some(DEFAULT_OPEN),
        };
        let max_users = count(self, "max_users");
        let queue = count(self, "queue");
        let spacing = match fields.value("arrivals") {
            Some(_) => fields.word("arrivals", &SPACINGS, &mut self.problems),
            None => Some(Spacing::Even),
        };
        Some(Drive::Arrivals(Arrivals {
            rate: Arc::new(curve?),
            spacing: spacing?,
            max_users: max_users?,
            queue: queue?,
        }))
    }
}
