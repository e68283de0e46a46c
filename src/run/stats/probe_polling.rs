//! Probes during a run: their readings come into the log.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};

use crate::client::{Clock, tls_config};
use crate::model::{Probe, Route};
use crate::probes::{ProbeError, Reader, Round, Tls, readers};
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::stats::tables::seconds;

/// The longest time for which the first readings may delay the start.
const BASELINE: Duration = Duration::from_secs(1);
/// A probe that fails is asked again less and less often, down to this.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The probes of a run, and what they read before its first user.
#[derive(Debug, Default)]
pub(crate) struct ProbePolling(Vec<Watched>);

#[derive(Debug)]
struct Watched {
    reader: Reader,
    /// The first reading; `None` where that took too long.
    baseline: Option<Round>,
    /// The last error that kept it from reading.
    error: Option<ProbeError>,
    /// The number of failed readings in a row.
    failures: u32,
}

impl ProbePolling {
    /// Reads each probe for the first time; that of this process is there in
    /// any case. Takes a second at most.
    pub(crate) async fn begin(probes: &[Probe]) -> Self {
        let tls = tls(probes).await;
        let own = (!probes.iter().any(|probe| probe.name == Probe::OWN)).then(Probe::own);
        let probes = probes.iter().chain(&own);
        let readers = probes.flat_map(|probe| readers(probe, &tls));
        let watched = readers.map(async |mut reader| Watched {
            baseline: timeout(BASELINE, reader.read()).await.ok(),
            reader,
            error: None,
            failures: 0,
        });
        Self(join_all(watched).await)
    }

    /// Brings the first readings into the log, as those of the run's beginning,
    /// and reads from now on, until the tasks are dropped; `origin_us` is when
    /// the run's time began.
    pub(crate) fn start(self, log: &Arc<Log>, clock: Clock, origin_us: u64) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for mut watched in self.0 {
            if let Some(baseline) = watched.baseline.take() {
                watched.take_in(baseline, log, 0);
            }
            tasks.spawn(watched.poll(Arc::clone(log), clock, origin_us));
        }
        tasks
    }
}

impl Watched {
    async fn poll(mut self, log: Arc<Log>, clock: Clock, origin_us: u64) {
        loop {
            sleep(self.pause()).await;
            let round = self.reader.read().await;
            let at_us = clock.now_us().saturating_sub(origin_us);
            self.take_in(round, &log, at_us);
        }
    }

    /// Until the next reading.
    fn pause(&self) -> Duration {
        let every = self.reader.every;
        let longer = every.saturating_mul(1 << self.failures.min(6));
        longer.min(PAUSE_MAX.max(every))
    }

    /// An error is reported when it comes, when it changes, and when it is over.
    fn take_in(&mut self, round: Round, log: &Log, at_us: u64) {
        let probe = &self.reader.probe;
        let Round { values, error } = round;
        for value in &values {
            let name = format!("{probe}.{}", value.name);
            log.push_reading(&name, &value.unit, seconds(at_us), value.value);
        }
        self.failures = match (&error, values.is_empty()) {
            (Some(_), true) => self.failures.saturating_add(1),
            _ => 0,
        };
        if error == self.error {
            return;
        }
        let level = match &error {
            Some(_) => Level::Warning,
            None => Level::Info,
        };
        let said = EventData::Probe {
            probe: probe.clone(),
            error: error.clone(),
        };
        log.push_event(Event::new(at_us, level, said));
        self.error = error;
    }
}

/// Reads each of these probes, with the result of each reader. Rates
/// need two readings, so everything is read twice, a second apart.
pub async fn try_probes(probes: &[Probe]) -> Vec<(Reader, Round)> {
    let tls = tls(probes).await;
    let readers = probes.iter().flat_map(|probe| readers(probe, &tls));
    let tried = readers.map(async |mut reader| {
        let first = reader.read().await;
        // What fails does not fail better.
        if first.error.is_some() && first.values.is_empty() {
            return (reader, first);
        }
        sleep(BASELINE).await;
        let second = reader.read().await;
        (reader, second)
    });
    join_all(tried).await
}

/// The TLS configuration, if a probe needs one. Reading the certificates of the system
/// takes a while the first time.
async fn tls(probes: &[Probe]) -> Tls {
    if !probes.iter().any(Probe::wants_tls) {
        return Err("no probe needs TLS".to_owned());
    }
    let made = spawn_blocking(|| tls_config(&Route::default())).await;
    let made = made.map_err(|error| error.to_string())?;
    made.map_err(|error| error.to_string())
}
