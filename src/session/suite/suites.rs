//! The suite of the dashboard: one at a time; the last one and its run files
//! are kept until the next starts.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::model::duration_literal;
use crate::report::About;
use crate::run::{Level, RunError, RunInfo, StopReason, Why};
use crate::session::dead_man::Watched;
use crate::session::error::SessionError;
use crate::session::launch::Initiator;
use crate::session::state::Session;
use crate::session::suite::driver::Suite;
use crate::session::suite::entry::SuiteEntry;
use crate::session::suite::progress::Progress;
use crate::session::suite::selection::{COOL_DOWN, SuiteOptions, entries};
use crate::session::suite::sequence::SuiteEvent;

/// The last suite, and the way to stop it.
#[derive(Debug, Default)]
pub(crate) struct Suites {
    /// Written by the suite's task, read by handlers and the feed.
    progress: watch::Sender<Option<Arc<Progress>>>,
    /// The current run's description in reports.
    about: watch::Sender<About>,
    /// Why the suite should stop; read by its task.
    stop: watch::Sender<Option<Why>>,
}

impl Suites {
    /// The last suite, as far as it has come.
    pub(crate) fn progress(&self) -> Option<Arc<Progress>> {
        self.progress.borrow().clone()
    }

    pub(crate) fn progresses(&self) -> watch::Receiver<Option<Arc<Progress>>> {
        self.progress.subscribe()
    }

    pub(crate) fn is_active(&self) -> bool {
        let progress = self.progress.borrow();
        progress
            .as_ref()
            .is_some_and(|progress| progress.is_active())
    }

    /// A run's description in reports, if it is the suite's latest.
    pub(in crate::session) fn about(&self, run: &RunInfo) -> Option<About> {
        let about = self.about.borrow();
        let is_it = run.scenario == about.scenario && run.host == about.host;
        is_it.then(|| about.clone())
    }

    /// Stops the active suite: its current run ends, the rest is skipped.
    /// Returns when the final figures are available; false if none is active.
    pub(crate) async fn stop(&self, why: Why) -> bool {
        self.request_stop(why) && self.over().await
    }

    /// The same without waiting for it.
    pub(in crate::session) fn request_stop(&self, why: Why) -> bool {
        let is_active = self.is_active();
        if is_active {
            self.stop.send_replace(Some(why));
        }
        is_active
    }

    /// Waits until no suite is active.
    pub(in crate::session) async fn over(&self) -> bool {
        let mut progresses = self.progresses();
        let over =
            progresses.wait_for(|progress| progress.as_ref().is_none_or(|one| !one.is_active()));
        // The sender is ours: it does not go away.
        over.await.is_ok()
    }

    fn publish(&self, progress: &Progress) {
        self.progress.send_replace(Some(Arc::new(progress.clone())));
    }
}

impl Session {
    /// Starts a suite and describes it.
    pub(crate) async fn start_suite(&self, options: SuiteOptions) -> Result<String, SessionError> {
        let permit = self.permit()?;
        if self.runs.snapshot().state.is_active() {
            return Err(RunError::Active.into());
        }
        let entries = entries(&self.catalog(), &self.defaults, &options)?;
        let cool_down = options.cool_down.unwrap_or(COOL_DOWN);
        let suite = Suite::new(&self.runs, entries, cool_down, &options.consent).await;
        let suite = suite.map_err(|refused| refused.error)?;
        let said = match suite.entries().len() {
            1 => "running 1 scenario".to_owned(),
            many => format!(
                "running {many} scenarios, with {} between them",
                duration_literal(cool_down)
            ),
        };
        self.wait_until_ready().await?;
        // The displayed run is not part of it.
        self.runs.clear().await?;
        self.suites.stop.send_replace(None);
        self.suites.publish(&Progress::new(suite.entries()));
        if options.initiator == Initiator::Page {
            self.dead_man.watch(Watched::Suite);
        }
        let session = self.clone();
        tokio::spawn(async move { session.follow_suite(suite, permit).await });
        Ok(said)
    }

    /// Runs a suite to its end, holding the start permit.
    async fn follow_suite(self, suite: Suite, permit: OwnedSemaphorePermit) {
        let entries = Arc::clone(suite.entries());
        let mut stops = self.suites.stop.subscribe();
        let stop = std::pin::pin!(async move {
            let why = stops.wait_for(Option::is_some).await;
            why.ok()
                .and_then(|why| why.clone())
                .unwrap_or_else(|| StopReason::ProgramEnds.into())
        });
        let observe = |event: &SuiteEvent, progress: &Progress| {
            if let SuiteEvent::Started(at) = event {
                self.suites.about.send_replace(entries[*at].about.clone());
            }
            self.log_suite(&entries, event);
            if progress.is_active() {
                self.suites.publish(progress);
            }
            Ok::<_, Infallible>(())
        };
        let Ok(progress) = suite.run(stop, observe).await;
        // Released first: an observer of the end may start the next one.
        drop(permit);
        self.suites.publish(&progress);
    }

    /// Writes an event of a suite into the program's log.
    fn log_suite(&self, entries: &[SuiteEntry], event: &SuiteEvent) {
        let said = match event {
            SuiteEvent::Started(at) => {
                let name = entries[*at].name();
                format!("run {} of {}: {name}", at + 1, entries.len())
            }
            SuiteEvent::Stopped { skipped } => {
                format!("suite stopped; {} skipped", skipped.len())
            }
            SuiteEvent::Ended(..) | SuiteEvent::CoolingDown { .. } => return,
        };
        self.note(Level::Info, said);
    }
}
