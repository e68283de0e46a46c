use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Behaviour, ClassId, Load, Negotiated, RunState};
use crate::run::{Author, Rates, Tables};
use crate::stats::{Counts, Percentiles};
use crate::verdict::{Capacity, Disturbed, Judgement, PlanLine, Verdict};

/// The run as it stands. Immutable; published four times a second.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Rises when what readers kept is void: a start, a reset, a return to ready.
    pub generation: u64,
    /// Where the run is in its life.
    pub state: RunState,
    /// The run on show; `None` when ready.
    pub run: Option<Arc<RunInfo>>,
    /// The duration of the load; stands still once it has ended.
    pub elapsed_s: f64,
    /// Users running.
    pub users: u64,
    /// The most users that ran at once, since the start or the last reset.
    pub peak_users: Option<u64>,
    /// The users that an operator's load has, class by class, when all of them
    /// were started last; without those that found nothing to do.
    pub spawned: Arc<[(ClassId, u32)]>,
    /// Planned users at this moment.
    pub planned_users: u32,
    /// Task starts per second that open loads plan for now; `None` without one.
    pub planned_starts: Option<f64>,
    /// The load set by the operator; [`Load::NOBODY`] where the scenario
    /// plans everything itself.
    pub load: Load,
    /// When it stops by itself, counted from the start.
    pub run_time: Option<Duration>,
    /// Whether what the scenario plans has been set aside by an operator.
    pub is_suspended: bool,
    /// The behaviour that differs from the scenario, each thing once.
    pub overrides: Arc<[Behaviour]>,
    /// The number of changes that each author can undo now; authors without any are skipped.
    pub undoable: Arc<BTreeMap<Author, u32>>,
    /// Counts since the start or the last reset.
    pub counts: Counts,
    /// Of the last few seconds, of the whole run once stopped.
    pub rates: Rates,
    /// Latencies of the last 10 s, of the whole run once stopped.
    pub now: Latencies,
    /// Latencies of the whole run.
    pub total: Latencies,
    /// The health of the generator.
    pub generator: GeneratorHealth,
    /// The judgement of the run: as if it ended now, while it is active. `None`
    /// when ready; made with the tables.
    pub judgement: Option<Arc<Judgement>>,
    /// The plans of task starts, and how far they were met; made with the
    /// tables.
    pub deliveries: Arc<[PlanLine]>,
    /// Throughput and times over load, where there are levels to tell it by;
    /// made with the tables.
    pub capacity: Option<Arc<Capacity>>,
    /// Requests, failures, counts; made once a second.
    pub tables: Arc<Tables>,
}

/// The identity of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunInfo {
    /// Its id.
    pub id: String,
    /// The name of the scenario.
    pub scenario: String,
    /// The target's base address.
    pub host: String,
    /// A label that groups runs; may be empty.
    pub profile: String,
    /// When it was started.
    pub started_unix_ms: u64,
    /// When it stops by itself, in seconds from the start.
    pub run_time_s: Option<f64>,
    /// The most users that task starts are given to; `None` without open load.
    pub max_users: Option<u32>,
    /// The number of shards that generate its load.
    pub shards: usize,
    /// The names of the scenario's probes.
    pub probes: Vec<String>,
    /// The protocols of its origins, as far as they showed before the run.
    pub protocols: Vec<Negotiated>,
}

/// Percentiles of both kinds of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latencies {
    /// From wanting to send to the last byte.
    #[serde(flatten)]
    pub service: Percentiles,
    /// From the planned start to the last byte, where there is a plan.
    #[serde(flatten, with = "ResponsePercentiles")]
    pub response: Percentiles,
}

/// The names of response times beside service times.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Percentiles")]
struct ResponsePercentiles {
    #[serde(rename = "response_p50_us")]
    p50_us: Option<u64>,
    #[serde(rename = "response_p95_us")]
    p95_us: Option<u64>,
    #[serde(rename = "response_p99_us")]
    p99_us: Option<u64>,
}

/// The health of the generator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GeneratorHealth {
    /// The processor share of the busiest shard, 0 to 1: of the last five seconds; of a
    /// stopped run what was reached in a tenth of its time.
    pub cpu_share: Option<f64>,
    /// The 99th percentile of how late planned moments came.
    pub lateness_p99_us: Option<u64>,
    /// The current disturbance.
    pub disturbed: Option<Disturbed>,
}

impl Snapshot {
    /// Why the run is not sound, in one sentence; `None` for a sound one.
    #[must_use]
    pub fn unsound(&self) -> Option<&str> {
        let judgement = self.judgement.as_deref()?;
        let unsound = matches!(judgement.verdict, Verdict::Invalid | Verdict::Error);
        unsound.then_some(&judgement.reason)
    }

    /// Nothing to show yet.
    pub(crate) fn ready(generation: u64) -> Self {
        Self {
            generation,
            state: RunState::Ready,
            run: None,
            elapsed_s: 0.0,
            users: 0,
            peak_users: None,
            spawned: Arc::default(),
            planned_users: 0,
            planned_starts: None,
            load: Load::NOBODY,
            run_time: None,
            is_suspended: false,
            overrides: Arc::default(),
            undoable: Arc::default(),
            counts: Counts::default(),
            rates: Rates::default(),
            now: Latencies::default(),
            total: Latencies::default(),
            generator: GeneratorHealth::default(),
            judgement: None,
            deliveries: Arc::default(),
            capacity: None,
            tables: Arc::default(),
        }
    }
}
