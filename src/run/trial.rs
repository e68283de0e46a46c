//! What a trial needs of the world: the target's addresses, TLS, and what
//! `setup` leaves behind.

use std::sync::Arc;
use std::time::Duration;

use crate::client::Clock;
use crate::engine::SwarmSetup;
use crate::model::{Criteria, Load, Recent, RunSpec, Samples, Workload};
use crate::program::Program;
use crate::run::guardrails::Guardrails;
use crate::run::preflight::Prepared;
use crate::run::resolver::Resolver;
use crate::run::{Consent, RunError, once};

/// Finds the target of a program for one user that tries it, and does what has
/// to be done before the first user.
///
/// # Errors
/// As at the start of a run: the target is unknown or takes no connections, is
/// not healthy, or `setup` fails.
pub async fn prepare_trial(clock: Clock, program: Arc<Program>) -> Result<SwarmSetup, RunError> {
    let spec = RunSpec {
        scenario: program.name.clone(),
        host: String::new(),
        profile: String::new(),
        workloads: vec![Workload::steered(Load::DEFAULT)],
        iterations: None,
        max_rps: None,
        run_time: None,
        stop_timeout: Duration::ZERO,
        remarks: Vec::new(),
        recent: Recent::All,
        // Its answers are kept whole.
        samples: Samples::None,
        probes: Vec::new(),
        criteria: Criteria::default(),
        timeline: Vec::new(),
        find_limit: None,
    };
    // A user that does each task once is no load.
    let (unguarded, consent) = (Guardrails::default(), Consent::All);
    let prepared = Prepared::new(spec, program, &unguarded, &consent, &Resolver::default()).await?;
    let mut setup = prepared.setup(clock, 1);
    setup.workloads = Vec::new().into();
    let variables = once::prepare(setup.clone(), Arc::default(), Arc::default(), None).await;
    setup.initial = Arc::new(variables.map_err(|why| RunError::Unprepared(why.to_string()))?);
    Ok(setup)
}

/// Does what has to be done after the last user; what went wrong, if anything.
pub async fn end_trial(setup: SwarmSetup) -> Option<String> {
    let entry = setup.program.once.teardown?;
    once::tear_down(setup, entry).await.err()
}
