//! Events of a run as data; `format` has the words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::Load;
use crate::probes::ProbeError;
use crate::run::Author;
use crate::run::controller::stop_reason::StopReason;
use crate::run::events::details::{
    AskedUsers, BurstRecovery, ChangeEvent, LevelEvent, SetupEvent, TargetEvent,
};
use crate::run::stats::tables::seconds;
use crate::verdict::Verdict;

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, in seconds since the start of the run.
    pub t_s: f64,
    /// Its severity.
    pub level: Level,
    /// What.
    pub data: EventData,
    /// The author, where somebody caused it.
    pub by: Option<Author>,
}

impl Event {
    /// An event `at_us` into the run.
    pub(crate) fn new(at_us: u64, level: Level, data: EventData) -> Self {
        Self {
            t_s: seconds(at_us),
            level,
            data,
            by: None,
        }
    }

    /// For the record.
    pub(crate) fn info(at_us: u64, data: EventData) -> Self {
        Self::new(at_us, Level::Info, data)
    }

    /// Worth a look.
    pub(crate) fn warning(at_us: u64, data: EventData) -> Self {
        Self::new(at_us, Level::Warning, data)
    }

    /// The same, with its author.
    pub(crate) fn by(self, author: Author) -> Self {
        self.by_if(Some(author))
    }

    /// The same, with its author if there is one.
    pub(crate) fn by_if(self, by: Option<Author>) -> Self {
        Self { by, ..self }
    }
}

/// The data of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventData {
    /// The run was started.
    Started {
        /// The name of the scenario.
        scenario: String,
        /// The target's base address.
        host: String,
        /// The steered load; `None` where the scenario plans everything.
        load: Option<Load>,
    },
    /// All users that were set or planned have started or ended.
    Spawned {
        /// Users running.
        running: u64,
        /// The number of them set by an operator.
        asked: AskedUsers,
    },
    /// An operator or the timeline changed the run.
    Change(ChangeEvent),
    /// The recovery of the target from a burst.
    Recovered(BurstRecovery),
    /// No dashboard is open any more: the run is ramped down or stopped.
    Unattended {
        /// The reason, in the caller's words.
        why: String,
        /// From which load they are ramped down; `None` where the run is stopped.
        ramp_from: Option<Load>,
    },
    /// The statistics were zeroed.
    Reset,
    /// Users are finishing.
    Stopping {
        /// Why.
        reason: StopReason,
    },
    /// The final figures stand.
    Stopped {
        /// Why; `None` where the reason of the verdict says it.
        reason: Option<StopReason>,
        /// The verdict and its reason; `None` where nothing was judged.
        verdict: Option<(Verdict, String)>,
    },
    /// Users ended because their `on_start` failed.
    OnStartFailed {
        /// The number of them.
        users: u64,
        /// The request that failed first, and how.
        first: Option<(String, String)>,
    },
    /// The addresses of the target that are used.
    Target(TargetEvent),
    /// The health gate, the login check, `setup` or `teardown`.
    Setup(SetupEvent),
    /// A probe reads nothing, or reads again.
    Probe {
        /// Its name.
        probe: String,
        /// Why it reads nothing; `None` where it reads again.
        error: Option<ProbeError>,
    },
    /// A criterion is broken, or is not any more.
    Criterion {
        /// As it was written.
        criterion: String,
        /// The measured value, with its unit.
        figure: Option<String>,
        /// Whether it fails now.
        is_broken: bool,
    },
    /// A level of a search for the limit has been measured.
    Level(LevelEvent),
    /// The result of a limit search, as the verdict words it.
    Limit(String),
    /// Something that the demo does to the run or to its target.
    Demo {
        /// The title of an act that begins.
        act: Option<&'static str>,
        /// What it does.
        text: String,
    },
    /// A remark of the verdict, or of what was checked before the run.
    Remark(String),
    /// A line that the scenario wrote.
    Log(String),
    /// `log` lines of the scenario were skipped.
    LogLinesDropped {
        /// The number so far.
        lines: u64,
        /// The most a second that are shown.
        most_a_second: u32,
    },
}

/// The kinds of events: stable words for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The run was started.
    Started,
    /// All users that were set or planned have started or ended.
    Spawned,
    /// The operator changed the load.
    Edited,
    /// More users come for a while.
    Burst,
    /// The recovery from a burst.
    Recovered,
    /// Users begin nothing any more.
    Paused,
    /// Resumed.
    Resumed,
    /// No dashboard is open any more: the run is ramped down or stopped.
    Unattended,
    /// The statistics were zeroed.
    Reset,
    /// Users are finishing.
    Stopping,
    /// The final figures stand.
    Stopped,
    /// Users ended because their `on_start` failed.
    OnStartFailed,
    /// The addresses of the target that are used.
    Target,
    /// The health gate, `setup` or `teardown`.
    Setup,
    /// A probe reads nothing, or reads again.
    Probe,
    /// A criterion is broken, or is not any more.
    Criterion,
    /// A level of a search for the limit has been measured.
    Level,
    /// The result of a limit search.
    Limit,
    /// Something that the demo does to the run or to its target.
    Demo,
    /// A fact worth saying.
    Remark,
    /// A line that the scenario wrote.
    Log,
}

impl EventData {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Started { .. } => EventKind::Started,
            Self::Spawned { .. } => EventKind::Spawned,
            Self::Change(change) => change.kind(),
            Self::Recovered(_) => EventKind::Recovered,
            Self::Unattended { .. } => EventKind::Unattended,
            Self::Reset => EventKind::Reset,
            Self::Stopping { .. } => EventKind::Stopping,
            Self::Stopped { .. } => EventKind::Stopped,
            Self::OnStartFailed { .. } => EventKind::OnStartFailed,
            Self::Target(_) => EventKind::Target,
            Self::Setup(_) => EventKind::Setup,
            Self::Probe { .. } => EventKind::Probe,
            Self::Criterion { .. } => EventKind::Criterion,
            Self::Level(_) => EventKind::Level,
            Self::Limit(_) => EventKind::Limit,
            Self::Demo { .. } => EventKind::Demo,
            Self::Remark(_) => EventKind::Remark,
            Self::Log(_) | Self::LogLinesDropped { .. } => EventKind::Log,
        }
    }
}

/// The severity of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For the record.
    Info,
    /// Worth a look.
    Warning,
    /// Something is wrong.
    Error,
}
