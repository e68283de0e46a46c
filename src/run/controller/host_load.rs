//! The load of the machine since the last reading.

use std::time::Instant;

use crate::probes::{host, stolen_us};
use crate::run::stats::tables::float;

/// Reads the machine from second to second.
#[derive(Debug, Default)]
pub(crate) struct HostLoad(Option<Reading>);

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Instant,
    stolen_us: Option<u64>,
    process_us: Option<u64>,
}

impl HostLoad {
    /// Since the last time: the time that a hypervisor took, in microseconds,
    /// and the part of all usable cores that this process used, 0 to 1.
    pub(crate) fn lap(&mut self) -> (Option<u64>, Option<f64>) {
        let now = Reading {
            at: Instant::now(),
            stolen_us: stolen_us(),
            process_us: host::process_cpu_us(),
        };
        let Some(before) = self.0.replace(now) else {
            return (None, None);
        };
        let since = |now: Option<u64>, before: Option<u64>| {
            let (now, before) = now.zip(before)?;
            Some(now.saturating_sub(before))
        };
        let cores = float(host::usable_cores() as u64);
        let elapsed_us = (now.at - before.at).as_secs_f64() * 1e6;
        let used_us = since(now.process_us, before.process_us);
        let share = used_us.map(|us| float(us) / (elapsed_us * cores).max(1.0));
        (since(now.stolen_us, before.stolen_us), share)
    }
}
