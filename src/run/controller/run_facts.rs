//! The facts of a run that do not change while it lasts.

use std::sync::Arc;

use crate::model::{NameId, NameIntent, Negotiated, RunSpec};
use crate::program::Program;
use crate::run::RunInfo;

/// The identity of a run, its scenario, and the rows of its statistics.
#[derive(Debug)]
pub(crate) struct RunFacts {
    info: Arc<RunInfo>,
    /// The run as it was started; its load and run time may have been changed since.
    spec: RunSpec,
    program: Arc<Program>,
    /// The method and name of each row.
    names: Vec<String>,
    /// The responses that the scenario expects of each row.
    intents: Vec<NameIntent>,
}

impl RunFacts {
    pub(crate) fn new(
        spec: RunSpec,
        program: Arc<Program>,
        shards: usize,
        started_unix_ms: u64,
        protocols: Vec<Negotiated>,
    ) -> Self {
        let info = RunInfo {
            id: format!("{started_unix_ms:x}"),
            scenario: spec.scenario.clone(),
            host: spec.host.clone(),
            profile: spec.profile.clone(),
            started_unix_ms,
            run_time_s: spec.run_time.map(|time| time.as_secs_f64()),
            max_users: spec.max_users(),
            shards,
            probes: spec.probes.iter().map(|probe| probe.name.clone()).collect(),
            protocols,
        };
        let ids = (0..program.names.len()).map(NameId::from);
        Self {
            info: Arc::new(info),
            names: ids.map(|id| row_name(&program, id)).collect(),
            intents: program.intents(),
            spec,
            program,
        }
    }

    pub(crate) fn info(&self) -> &Arc<RunInfo> {
        &self.info
    }

    /// The run as it was started; its load and run time may have been changed since.
    pub(crate) fn spec(&self) -> &RunSpec {
        &self.spec
    }

    pub(crate) fn program(&self) -> &Arc<Program> {
        &self.program
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn name(&self, id: NameId) -> Option<&str> {
        self.names.get(id.index()).map(String::as_str)
    }

    pub(crate) fn intents(&self) -> &[NameIntent] {
        &self.intents
    }
}

/// The method and name of a row.
pub(crate) fn row_name(program: &Program, id: NameId) -> String {
    let name = &program.names[id.index()];
    format!("{} {}", name.kind, name.name)
}
