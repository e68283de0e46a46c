//! `load:`, at the top of a file and in a class.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Arrivals, Curve, Drive, Load, Spacing, UndeliveredRule, Workload};
use crate::scenario::file::file_section::SectionLoad;
use crate::scenario::load::load_curve::Axis;
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::{Fields, Known, maps};
use crate::scenario::yaml::node::{Node, NodeKind};

pub(crate) const UNDELIVERED: [(&str, UndeliveredRule); 2] = [
    ("judge", UndeliveredRule::Judge),
    ("accept", UndeliveredRule::Accept),
];
pub(crate) const SPACINGS: [(&str, Spacing); 2] =
    [("even", Spacing::Even), ("poisson", Spacing::Poisson)];
/// Where keys are that a part of a run does not have.
const OF_RUN: &str = "it applies to the whole run: set it in the `load` at the top of the file";
/// Keys of open loads.
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
        load.run_time = fields.get("run_time");
        load.stop_timeout = fields.get("stop_timeout");
        load.iterations = fields.get::<u32>("iterations").map(u64::from);
        load.max_rps = fields.get("max_rps");
        load.undelivered = fields.word("undelivered", &UNDELIVERED).unwrap_or_default();
        if let Some(workload) = self.workload(&fields, load.run_time.or(run_time)) {
            load.workload = workload;
        }
        load
    }

    /// The `load:` that a listed file is given instead of its own.
    pub(crate) fn sub_scenario_load(
        &mut self,
        node: &Node,
        run_time: Option<Duration>,
    ) -> SectionLoad {
        let known = Known::from(&maps::LISTED_LOAD).unlike(&maps::LOAD, OF_RUN);
        let Some(fields) = self.fields(node, "`load`", known) else {
            return SectionLoad::default();
        };
        let own = fields.get("run_time");
        SectionLoad {
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
        let known = Known::from(&maps::CLASS_LOAD).unlike(&maps::LOAD, OF_RUN);
        let fields = self.fields(node, "`load`", known)?;
        self.workload(&fields, run_time)
    }

    fn workload(&mut self, fields: &Fields<'_>, run_time: Option<Duration>) -> Option<Workload> {
        let drive = if is_open(fields) {
            self.arrivals(fields, run_time)?
        } else {
            self.users(fields, run_time)?
        };
        Some(Workload {
            start: fields.get("start").unwrap_or_default(),
            drive,
        })
    }

    fn users(&mut self, fields: &Fields<'_>, run_time: Option<Duration>) -> Option<Drive> {
        let users = fields.value("users");
        let shape = users.filter(|node| matches!(node.kind, NodeKind::Map(_)));
        let curve = match (fields.value("stages"), shape) {
            (Some(stages), _) => self.stages(stages, Axis::Users)?,
            (None, Some(shape)) => self.shape(shape, Axis::Users, run_time)?,
            (None, None) => {
                return Some(Drive::Fixed(Load {
                    users: fields.get("users").unwrap_or(1),
                    spawn_rate: fields.get("spawn_rate").unwrap_or(1.0),
                }));
            }
        };
        Some(Drive::Users(Arc::new(curve)))
    }

    fn arrivals(&mut self, fields: &Fields<'_>, run_time: Option<Duration>) -> Option<Drive> {
        let rate = match (fields.value("stages"), fields.value("rate")) {
            (Some(stages), _) => self.stages(stages, Axis::Rate)?,
            (None, Some(rate)) if matches!(rate.kind, NodeKind::Map(_)) => {
                self.shape(rate, Axis::Rate, run_time)?
            }
            (None, _) => Curve::from_value(fields.get("rate")?),
        };
        Some(Drive::Arrivals(Arrivals {
            rate: Arc::new(rate),
            spacing: fields.word("arrivals", &SPACINGS).unwrap_or(Spacing::Even),
            max_users: fields.get("max_users").unwrap_or(DEFAULT_OPEN),
            queue: fields.get("queue").unwrap_or(DEFAULT_OPEN),
        }))
    }
}

/// Whether a load has arrivals: it has a key of those, or stages of rates.
fn is_open(fields: &Fields<'_>) -> bool {
    let is_rate = |stages: &Node| match &stages.kind {
        NodeKind::List(stages) => stages
            .first()
            .is_some_and(|one| one.entry("rate").is_some()),
        _ => false,
    };
    OPEN_KEYS.iter().any(|key| fields.has(key)) || fields.value("stages").is_some_and(is_rate)
}
