use std::sync::Arc;
use std::time::Duration;

use crate::run::{Consent, RunError, Runs, Why};
use crate::session::suite::entry::SuiteEntry;
use crate::session::suite::progress::Progress;
use crate::session::suite::sequence::{Sequence, SuiteEvent};

/// Scenarios that are run one after the other, with a dashboard and without.
#[derive(Debug)]
pub(crate) struct Suite {
    runs: Runs,
    entries: Arc<[SuiteEntry]>,
    cool_down: Duration,
}

/// A scenario of a suite that goes beyond the guard rails.
#[derive(Debug, thiserror::Error)]
#[error("{scenario}: {error}")]
pub(crate) struct SuiteRefused {
    pub(crate) scenario: String,
    /// The guard rail that stands in the way.
    pub(crate) error: RunError,
}

impl Suite {
    /// Checks all scenarios against the guard rails. A target that cannot be
    /// resolved fails its own run only. The target recovers for `cool_down`
    /// between runs.
    pub(crate) async fn new(
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
    pub(crate) fn entries(&self) -> &Arc<[SuiteEntry]> {
        &self.entries
    }

    /// Runs all scenarios and returns the progress. When `stop` resolves, the
    /// current run is stopped and the rest is skipped. `observe` receives every
    /// event with the progress.
    pub(crate) async fn run<E>(
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
