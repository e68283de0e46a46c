use serde::Serialize;
use utoipa::ToSchema;

use crate::session::{
    AllScenarios, COOL_DOWN, Catalog, CatalogEntry, Progress, RunOptions, StepState, SuiteStage,
    SuiteStep,
};
use crate::verdict::Verdict;

/// Runs one after the other, as far as they have come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suite)]
pub(crate) struct SuiteBody {
    state: SuiteState,
    /// The number of the run that goes on or comes next, from 1.
    #[schema(value_type = Option<u64>, minimum = 1)]
    at: Option<usize>,
    /// Whole seconds, rounded up.
    cool_down_left_s: Option<u64>,
    /// The weightiest of the runs that have ended or were left out.
    verdict: Option<Verdict>,
    runs: Vec<SuiteRunBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SuiteState {
    Running,
    CoolingDown,
    Ended,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SuiteRun)]
struct SuiteRunBody {
    scenario: String,
    name: String,
    state: SuiteRunState,
    verdict: Option<Verdict>,
    reason: Option<String>,
    /// The run's id; empty if it could not start.
    run: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SuiteRunState {
    Waiting,
    Running,
    Ended,
    LeftOut,
}

/// What is run when all scenarios are.
#[derive(Debug, Serialize)]
pub(crate) struct AllBody {
    scenarios: Vec<String>,
    endless: Vec<String>,
    /// Without the time between them.
    runs_take_s: Option<f64>,
    cool_down_s: f64,
}

impl SuiteBody {
    pub(crate) fn new(progress: &Progress) -> Self {
        let (state, at, left) = match progress.stage {
            SuiteStage::Running(at) => (SuiteState::Running, Some(at + 1), None),
            SuiteStage::CoolingDown { next, left } => {
                (SuiteState::CoolingDown, Some(next + 1), Some(left))
            }
            SuiteStage::Over => (SuiteState::Ended, None, None),
        };
        Self {
            state,
            at,
            cool_down_left_s: left.map(|left| left.as_millis().div_ceil(1_000) as u64),
            verdict: progress.verdict(),
            runs: progress.steps.iter().map(SuiteRunBody::new).collect(),
        }
    }
}

impl SuiteRunBody {
    fn new(step: &SuiteStep) -> Self {
        let file = step.file();
        let judged = file.and_then(|file| file.judgement.as_ref());
        Self {
            scenario: step.id.clone(),
            name: step.name.clone(),
            state: match step.state {
                StepState::Waiting => SuiteRunState::Waiting,
                StepState::Running => SuiteRunState::Running,
                StepState::Ended(_) => SuiteRunState::Ended,
                StepState::Skipped(_) => SuiteRunState::LeftOut,
            },
            verdict: judged.map(|judged| judged.verdict),
            reason: judged.map(|judged| judged.reason.clone()),
            run: file.map(|file| file.run.id.clone()),
        }
    }
}

impl AllBody {
    /// Of the scenarios on offer, run as it is preset.
    pub(crate) fn new(catalog: &Catalog, preset: &RunOptions) -> Self {
        let all = AllScenarios::of(catalog, preset);
        let ids =
            |entries: Vec<&CatalogEntry>| entries.iter().map(|entry| entry.id.clone()).collect();
        Self {
            scenarios: ids(all.ending),
            endless: ids(all.endless),
            runs_take_s: all.runs_take.map(|time| time.as_secs_f64()),
            cool_down_s: COOL_DOWN.as_secs_f64(),
        }
    }
}
