use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Negotiated;
use crate::run::RunInfo;

/// What a run is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Run)]
pub(crate) struct RunBody {
    id: String,
    scenario: String,
    host: String,
    /// The label of the run; may be empty.
    profile: String,
    started_unix_ms: u64,
    run_time_s: Option<f64>,
    max_users: Option<u32>,
    probes: Vec<String>,
    /// The protocols of the first 20 origins, as far as known before the run.
    protocols: Vec<Negotiated>,
}

impl RunBody {
    pub(crate) fn new(run: &RunInfo) -> Self {
        Self {
            id: run.id.clone(),
            scenario: run.scenario.clone(),
            host: run.host.clone(),
            profile: run.profile.clone(),
            started_unix_ms: run.started_unix_ms,
            run_time_s: run.run_time_s,
            max_users: run.max_users,
            probes: run.probes.clone(),
            protocols: run.protocols.clone(),
        }
    }
}
