//! A shard by itself: what the control plane of a run would give it.

use std::net::SocketAddr;
use std::sync::Arc;

use swarmdeck::client::{Clock, Endpoint};
use swarmdeck::engine::{Limits, SwarmSetup};
use swarmdeck::model::{Load, Workload};
use swarmdeck::program::Variables;
use swarmdeck::scenario::{Environment, Source, load};

/// One shard that runs a scenario with so many users, all of
/// them within a tenth of a second, at equal distances.
/// The meter is read on the shard's own thread whenever it reports.
///
/// # Errors
/// What is wrong with the scenario.
pub(crate) fn setup(
    scenario: &str,
    address: SocketAddr,
    users: u32,
    meter: fn() -> Option<u64>,
) -> Result<SwarmSetup, String> {
    let source = Source::new("bench.yaml", scenario);
    let loaded = load(&source, &Environment::default());
    let loaded = loaded.map_err(|problems| format!("{problems:#?}"))?;
    let program = loaded.compile(Some(&format!("http://{address}")));
    let program = program.map_err(|error| error.to_string())?;
    let mut workloads = loaded.scenario.workloads;
    let load = Load {
        users,
        spawn_rate: f64::from(users) * 10.0,
    };
    Workload::steer(&mut workloads, load);
    let clock = Clock::start();
    let origins = program.origins.iter().cloned();
    Ok(SwarmSetup {
        initial: Arc::new(Variables::new(program.slot_count())),
        endpoints: origins
            .map(|origin| Endpoint::direct(origin, vec![address]))
            .collect(),
        program: Arc::new(program),
        workloads: workloads.into(),
        limits: Arc::new(Limits::default()),
        clock,
        origin_us: clock.now_us(),
        shards: 1,
        stop_timeout_us: 5_000_000,
        seed: 1,
        thread_cpu_us: meter,
    })
}
