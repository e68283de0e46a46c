use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::model::{Behaviour, Load, rounded};
use crate::run::{Author, Latencies, Rates, Snapshot, StartFailure};
use crate::stats::{Columns, Row};
use crate::verdict::{CriterionLine, DisturbanceCause, Disturbed, Judgement, Verdict};

use super::delivery::DeliveryBody;

/// The state of the run, four times a second.
#[derive(Debug, Serialize)]
pub(crate) struct FrameBody {
    state: &'static str,
    elapsed_s: f64,
    /// When the run stops by itself; `null` for never.
    run_time_s: Option<f64>,
    users: u64,
    planned_users: u32,
    /// What the operator steers; `null` where the scenario plans everything.
    target_users: Option<u32>,
    spawn_rate: Option<f64>,
    /// Task starts per second that open loads plan for now.
    planned_starts: Option<f64>,
    /// Whether an operator has set aside what the scenario plans.
    is_suspended: bool,
    /// How users behave that is not as the scenario says.
    overrides: Arc<[Behaviour]>,
    /// How many changes each author can undo now.
    undoable: Arc<BTreeMap<Author, u32>>,
    arrivals_waiting: u64,
    arrivals_dropped: u64,
    /// What was planned of task starts, and what became of it; `null` where
    /// nothing plans them.
    delivery: Option<DeliveryBody>,
    users_failed: u64,
    start_failure: Option<StartFailure>,
    requests: u64,
    failures: u64,
    #[serde(flatten)]
    rates: Rates,
    now: Latencies,
    total: Latencies,
    seconds: Columns,
    generator: GeneratorBody,
    verdict: Option<String>,
    judgement: Option<JudgementBody>,
}

/// What is said of the run, as if it ended now.
#[derive(Debug, Serialize)]
struct JudgementBody {
    verdict: Verdict,
    reason: String,
    criteria: Vec<CriterionLine>,
}

#[derive(Debug, Serialize)]
struct GeneratorBody {
    cpu_share: Option<f64>,
    lateness_p99_us: Option<u64>,
    disturbed: Option<DisturbedBody>,
}

/// What disturbs the generator.
#[derive(Debug, Serialize)]
struct DisturbedBody {
    since_s: u64,
    delay_us: u64,
    cause: DisturbanceCause,
    text: String,
}

impl FrameBody {
    pub(crate) fn new(snapshot: &Snapshot, seconds: &[Row]) -> Self {
        let counts = &snapshot.counts;
        let steered = Some(snapshot.load).filter(|load| *load != Load::NOBODY);
        Self {
            state: snapshot.state.as_str(),
            elapsed_s: snapshot.elapsed_s,
            run_time_s: snapshot.run_time.map(|time| time.as_secs_f64()),
            users: snapshot.users,
            planned_users: snapshot.planned_users,
            target_users: steered.map(|load| load.users),
            spawn_rate: steered.map(|load| load.spawn_rate),
            planned_starts: snapshot.planned_starts.map(rounded),
            is_suspended: snapshot.is_suspended,
            overrides: Arc::clone(&snapshot.overrides),
            undoable: Arc::clone(&snapshot.undoable),
            arrivals_waiting: counts.arrivals_waiting(),
            arrivals_dropped: counts.arrivals_dropped,
            delivery: DeliveryBody::of_all(&snapshot.deliveries),
            users_failed: counts.users_failed,
            start_failure: snapshot.tables.start_failure.clone(),
            requests: counts.succeeded + counts.failed,
            failures: counts.failed,
            rates: snapshot.rates,
            now: snapshot.now,
            total: snapshot.total,
            seconds: Columns::of_rows(seconds),
            generator: GeneratorBody {
                cpu_share: snapshot.generator.cpu_share,
                lateness_p99_us: snapshot.generator.lateness_p99_us,
                disturbed: snapshot.generator.disturbed.map(DisturbedBody::new),
            },
            verdict: snapshot.unsound().map(str::to_owned),
            judgement: snapshot.judgement.as_deref().map(JudgementBody::new),
        }
    }
}

impl DisturbedBody {
    fn new(disturbed: Disturbed) -> Self {
        Self {
            since_s: disturbed.since_s,
            delay_us: disturbed.delay_us,
            cause: disturbed.cause,
            text: disturbed.text(),
        }
    }
}

impl JudgementBody {
    fn new(judgement: &Judgement) -> Self {
        Self {
            verdict: judgement.verdict,
            reason: judgement.reason.clone(),
            criteria: judgement.criteria.clone(),
        }
    }
}
