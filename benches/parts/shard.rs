//! A whole shard: everything that happens for a request, and for a wait, as
//! processor time of the shard's thread. What stands above the floor of
//! `sockets` is what Swarmdeck adds.

use std::io;
use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use swarmdeck::engine::{Report, Swarm};
use swarmdeck::probes::host::thread_cpu_us;
use tokio::runtime::Builder;

use crate::sockets::apart_from_target;
use crate::swarm::{setup, soon};
use crate::target::Target;
use crate::traffic::{MIX, STATIC};

/// Users that do nothing but wait, 10 ms each time.
const WAITS: &str = "user_classes: {Sleeper: {tasks: {rest: [{think: 10ms}]}}}";

/// Reports before it counts: connections are made, buffers have grown.
const WARM_UP: usize = 2;
/// Reports that are counted, a quarter of a second each.
const COUNTED: usize = 2;

/// The constant request, the mix, and a wait.
pub(crate) fn bench(criterion: &mut Criterion) {
    let target = apart_from_target();
    let mut group = criterion.benchmark_group("shard");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let cases = [
        ("static, 100 users", STATIC, 100),
        ("static, 1000 users", STATIC, 1_000),
        ("mix, 100 users", MIX, 100),
        ("wait and task without a request", WAITS, 1_000),
    ];
    for (name, scenario, users) in cases {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let once = run(scenario, users, &target).expect("a shard");
                once.mul_f64(f64::from(u32::try_from(times).unwrap_or(u32::MAX)))
            });
        });
    }
    group.finish();
}

/// The processor time of one task, after a while of warming up.
fn run(scenario: &str, users: u32, target: &Target) -> io::Result<Duration> {
    let setup = setup(scenario, target.address, soon(users), thread_cpu_us);
    let setup = setup.map_err(io::Error::other)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut swarm = Swarm::start(&setup)?;
    let (mut cpu_us, mut tasks) = (0, 0);
    runtime.block_on(async {
        for number in 0..WARM_UP + COUNTED {
            let Some(report) = swarm.report().await else {
                break;
            };
            if number >= WARM_UP {
                cpu_us += report.cpu_us.unwrap_or(0);
                tasks += succeeded(&report);
            }
            swarm.recycle(report);
        }
        swarm.stop(u64::MAX, 0).await;
        while swarm.report().await.is_some() {}
    });
    let broken = swarm.join();
    if !broken.is_empty() || tasks == 0 {
        return Err(io::Error::other(format!("{tasks} tasks, {broken:?}")));
    }
    Ok(Duration::from_micros(cpu_us).div_f64(f64::from(u32::try_from(tasks).unwrap_or(u32::MAX))))
}

/// The tasks of an interval; none where one failed.
fn succeeded(report: &Report) -> u64 {
    let counts = &report.interval.counts;
    if counts.failed > 0 {
        0
    } else {
        counts.tasks_succeeded
    }
}
