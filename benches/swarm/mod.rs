//! A shard by itself: what the control plane of a run would give it.

use std::net::SocketAddr;
use std::sync::Arc;

use swarmdeck::client::{Clock, Endpoint};
use swarmdeck::engine::{Limits, SwarmSetup};
use swarmdeck::model::{Load, Samples, Seed, Slots, Workload};
use swarmdeck::program::{Sequences, Variables};
use swarmdeck::scenario::{self, Environment, Source};

/// So many users, all of them within a tenth of a second, at equal distances.
pub(crate) fn soon(users: u32) -> Load {
    Load {
        users,
        spawn_rate: f64::from(users) * 10.0,
    }
}

/// One shard that runs a scenario with these users.
/// The meter is read on the shard's own thread whenever it reports.
///
/// # Errors
/// What is wrong with the scenario.
pub(crate) fn setup(
    text: &str,
    address: SocketAddr,
    load: Load,
    meter: fn() -> Option<u64>,
) -> Result<SwarmSetup, String> {
    let source = Source::new("bench.yaml", text);
    let loaded = scenario::load(&source, &Environment::default());
    let loaded = loaded.map_err(|problems| format!("{problems:#?}"))?;
    let program = loaded.compile(Some(&format!("http://{address}")));
    let program = program.map_err(|error| error.to_string())?;
    let mut workloads = loaded.scenario.workloads;
    Workload::steer(&mut workloads, load);
    let clock = Clock::start();
    let origins = program.origins.iter().cloned();
    Ok(SwarmSetup {
        sequences: Arc::new(Sequences::new(program.sequence_count, &Slots::all())),
        initial: Arc::new(Variables::new(program.slot_count())),
        endpoints: origins
            .map(|origin| Endpoint::direct(origin, vec![address]))
            .collect(),
        fence: Arc::default(),
        program: Arc::new(program),
        workloads: workloads.into(),
        limits: Arc::new(Limits::default()),
        clock,
        origin_us: clock.now_us(),
        shards: 1,
        run_time_us: None,
        stop_timeout_us: 5_000_000,
        seed: Seed::new(1),
        samples: Samples::Kept,
        thread_cpu_us: meter,
        thread_run_delay_us: swarmdeck::probes::thread_run_delay_us,
    })
}
