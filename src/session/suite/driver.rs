use std::sync::Arc;
use std::time::Duration;

use crate::run::{Consent, RunError, Runs, Why};
use crate::session::suite::entry::SuiteEntry;
use crate::session::suite::progress::Progress;
use crate::session::suite::sequence::{Sequence, SuiteEvent};

/// Scenarios that are run one after the other, with a dashboard and without.
#[derive(Debug)]
pub struct Suite {
    runs: Runs,
    entries: Arc<[SuiteEntry]>,
    cool_down: Duration,
}

/// A scenario of a suite that goes beyond the guard rails.
#[derive(Debug, thiserror::Error)]
#[error("{scenario}: {error}")]
pub struct SuiteRefused {
    /// Its name.
    pub scenario: String,
    /// The guard rail that stands in the way.
    pub error: RunError,
}

impl Suite {
    /// A suite that may begin: all of it may have its users and targets. A target
    /// that cannot be looked up is the matter of its own run. Between two runs the
    /// target has the cool-down to recover.
    ///
    /// # Errors
    /// The first scenario that goes beyond the guard rails. Nothing has begun then.
    pub async fn new(
        runs: &Runs,
        entries: Vec<SuiteEntry>,
        cool_down: Duration,
        consent: &Consent,
    ) -> Result<Self, SuiteRefused> {
        for entry in &entries {
            let admitted = runs.admit(consent, &entry.spec, &entry.program).await;
            if let Err(error @ RunError::Rail(_)) = admitted {
                return Err(SuiteRefused {
                    scenario: entry.name().to_owned(),
                    error,
                });
            }
        }
        Ok(Self {
            runs: runs.clone(),
            entries: entries.into(),
            cool_down,
        })
    }

    /// Its scenarios, in their order.
    #[must_use]
    pub fn entries(&self) -> &Arc<[SuiteEntry]> {
        &self.entries
    }

    /// Runs all of them and gives how it went. When `stop` says why, the run that
    /// goes on is stopped and the rest is left out. `observe` hears of every event,
    /// and how far the suite has come with it.
    ///
    /// # Errors
    /// What `observe` gives; the suite is given up then, its run is not stopped.
    pub async fn run<E>(
        self,
        mut stop: impl Future<Output = Why> + Unpin,
        mut observe: impl FnMut(&SuiteEvent, &Progress) -> Result<(), E>,
    ) -> Result<Progress, E> {
        let mut progress = Progress::new(&self.entries);
        let mut sequence = Sequence::new(self.runs, self.entries, self.cool_down);
        while let Some(event) = sequence.next(&mut stop).await {
            progress.take(&event);
            observe(&event, &progress)?;
        }
        progress.end();
        Ok(progress)
    }
}
