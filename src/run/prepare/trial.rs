//! The surroundings of a trial: the target's addresses, TLS, what `setup`
//! leaves behind, and `teardown` after it.

use std::sync::Arc;
use std::time::Duration;

use crate::client::Clock;
use crate::engine::{OneOffEnd, SwarmSetup, TrialPart, TriedPart};
use crate::model::{Criteria, Load, Recent, RunSpec, Samples, Workload};
use crate::program::Program;
use crate::run::events::log::Log;
use crate::run::prepare::guardrails::Guardrails;
use crate::run::prepare::lifecycle_hooks;
use crate::run::prepare::preflight::Prepared;
use crate::run::prepare::resolver::Resolver;
use crate::run::{Consent, RunError};

/// Finds the target of a program for one user that tries it, and waits until it is
/// healthy.
///
/// # Errors
/// As at the start of a run: the target is unknown, takes no connections, or is
/// not healthy.
pub async fn prepare_trial(program: Arc<Program>) -> Result<SwarmSetup, RunError> {
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
        // Its responses are kept whole.
        samples: Samples::None,
        probes: Vec::new(),
        criteria: Criteria::default(),
        timeline: Vec::new(),
        find_limit: None,
    };
    // A user that does each task once is no load.
    let (unguarded, consent) = (Guardrails::default(), Consent::All);
    let prepared = Prepared::new(spec, program, &unguarded, &consent, &Resolver::default()).await?;
    let mut setup = prepared.setup(Clock::start(), 1);
    setup.workloads = Vec::new().into();
    let healthy = lifecycle_hooks::wait_for_health(&setup, &Log::default()).await;
    healthy.map_err(|why| RunError::Unprepared(why.to_string()))?;
    Ok(setup)
}

/// The result of `setup` or `teardown`.
#[derive(Debug)]
pub struct TriedHook {
    /// Its requests, if it could be done.
    pub tried: Option<TriedPart>,
    /// The error, in a sentence.
    pub trouble: Option<String>,
}

/// Does what has to be done before the first user, if anything; its variables are
/// what users begin with.
pub async fn try_setup(setup: &mut SwarmSetup) -> Option<TriedHook> {
    let entry = setup.program.once.setup?;
    let done = lifecycle_hooks::try_hook(setup, entry).await;
    if let Ok((done, _)) = &done {
        setup.initial = Arc::new(done.variables.clone());
    }
    Some(TriedHook::new(TrialPart::Setup, done))
}

/// Does what has to be done after the last user, if anything.
pub async fn try_teardown(setup: &SwarmSetup) -> Option<TriedHook> {
    let entry = setup.program.once.teardown?;
    let done = lifecycle_hooks::try_hook(setup, entry).await;
    Some(TriedHook::new(TrialPart::Teardown, done))
}

impl TriedHook {
    fn new(part: TrialPart, done: Result<(OneOffEnd, Option<String>), String>) -> Self {
        match done {
            Ok((done, trouble)) => Self {
                tried: Some(TriedPart::hook(part, done)),
                trouble,
            },
            Err(why) => Self {
                tried: None,
                trouble: Some(why),
            },
        }
    }
}
