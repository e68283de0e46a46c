//! A run of one shard on the generator's core, and its totals.

use std::net::SocketAddr;
use std::time::Duration;

use swarmdeck::engine::{Report, Swarm};
use swarmdeck::model::Load;
use swarmdeck::probes::host::thread_cpu_us;
use swarmdeck::stats::Totals;
use tokio::runtime::Builder;

use crate::machine::{Core, on_core};
use crate::swarm::setup;

/// How long a task may take when the run ends: longer than any does, so that
/// none is cut off.
const DRAIN_US: u64 = 5_000_000;

/// Lets these users do a scenario for so long, then lets them finish. Each
/// report is shown before it is added up.
pub(crate) fn run(
    scenario: &str,
    address: SocketAddr,
    load: Load,
    time: Duration,
    mut show: impl FnMut(&Report),
) -> Result<Totals, String> {
    let setup = setup(scenario, address, load, thread_cpu_us)?;
    let words = |error: std::io::Error| error.to_string();
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(words)?;
    let mut swarm = on_core(Core::Generator, || Swarm::start(&setup)).map_err(words)?;
    let mut totals = Totals::new(setup.program.names.len());
    runtime.block_on(async {
        let end = tokio::time::sleep(time);
        tokio::pin!(end);
        let mut is_stopped = false;
        loop {
            tokio::select! {
                () = &mut end, if !is_stopped => {
                    is_stopped = true;
                    swarm.stop(u64::MAX, DRAIN_US).await;
                }
                report = swarm.report() => match report {
                    Some(report) => {
                        show(&report);
                        totals.add(&report.interval);
                        swarm.recycle(report);
                    }
                    None => break,
                },
            }
        }
    });
    let broken = swarm.join();
    if broken.is_empty() {
        Ok(totals)
    } else {
        Err(broken.join("; "))
    }
}
