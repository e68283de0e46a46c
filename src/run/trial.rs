//! What a trial needs of the world: the target's addresses and TLS.

use std::sync::Arc;
use std::time::Duration;

use crate::client::Clock;
use crate::engine::SwarmSetup;
use crate::model::{Load, RunSpec};
use crate::probes::host;
use crate::program::Program;
use crate::run::RunError;
use crate::run::preflight::Prepared;

/// Finds the target of a program for one user that tries it.
///
/// # Errors
/// As at the start of a run: the target is unknown or takes no connections.
pub async fn prepare_trial(clock: Clock, program: Arc<Program>) -> Result<SwarmSetup, RunError> {
    let spec = RunSpec {
        scenario: program.name.clone(),
        host: String::new(),
        load: Load {
            users: 1,
            spawn_rate: 1.0,
        },
        run_time: None,
        stop_timeout: Duration::ZERO,
    };
    let prepared = Prepared::new(spec, program).await?;
    let reached = prepared.reached.into_iter();
    Ok(SwarmSetup {
        program: prepared.program,
        origins: reached.map(|one| (one.origin, one.addresses)).collect(),
        tls: prepared.tls,
        clock,
        origin_us: clock.now_us(),
        shards: 1,
        stop_timeout_us: 0,
        seed: fastrand::u64(..),
        thread_cpu_us: host::thread_cpu_us,
    })
}
