//! Background tasks of a run: probes, and names that are looked up again.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::client::ExcludedAddress;
use crate::engine::SwarmSetup;
use crate::run::events::log::Log;
use crate::run::prepare::lookups::{Moved, Names};
use crate::run::stats::probe_polling::ProbePolling;

/// The probes and the names of a run, and the tasks that follow them.
#[derive(Debug)]
pub(crate) struct Watching {
    /// Until the run's time begins.
    probes: ProbePolling,
    names: Names,
    tasks: JoinSet<()>,
}

impl Watching {
    pub(crate) fn new(probes: ProbePolling, names: Names) -> Self {
        Self {
            probes,
            names,
            tasks: JoinSet::new(),
        }
    }

    /// Lets probes read and names be looked up again, once the run's time has begun.
    pub(crate) fn start(&mut self, setup: &SwarmSetup, log: &Arc<Log>) {
        let probes = std::mem::take(&mut self.probes);
        self.tasks = probes.start(log, setup.clock, setup.origin_us);
        self.names.start(setup, log, &mut self.tasks);
    }

    /// The next move; waits for ever where nothing moves. Safe to cancel.
    pub(crate) async fn moved(&mut self) -> Moved {
        self.names.moved().await
    }

    /// Says which addresses take no connections.
    pub(crate) fn log_excluded(&mut self, excluded: Vec<ExcludedAddress>, at_us: u64, log: &Log) {
        self.names.log_excluded(excluded, at_us, log);
    }

    /// Reads and looks up nothing any more.
    pub(crate) fn stop(&mut self) {
        self.tasks.abort_all();
    }
}
