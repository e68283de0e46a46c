//! The suite of the dashboard: one at a time; the last one is kept, with its
//! run files, until the next begins.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::model::duration_literal;
use crate::report::About;
use crate::run::{Level, RunError, RunInfo, StopReason, Why};
use crate::session::dead_man::Charge;
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
pub struct Suites {
    /// Written by the suite's task, read by handlers and the feed.
    progress: watch::Sender<Option<Arc<Progress>>>,
    /// What reports say of its present run.
    about: watch::Sender<About>,
    /// Why the suite is to stop; written by who stops it, read by its task.
    stop: watch::Sender<Option<Why>>,
}

impl Suites {
    /// The last suite, as far as it has come.
    #[must_use]
    pub fn progress(&self) -> Option<Arc<Progress>> {
        self.progress.borrow().clone()
    }

    /// The same as it goes on.
    #[must_use]
    pub fn progresses(&self) -> watch::Receiver<Option<Arc<Progress>>> {
        self.progress.subscribe()
    }

    /// Whether a suite goes on.
    #[must_use]
    pub fn is_active(&self) -> bool {
        let progress = self.progress.borrow();
        progress
            .as_ref()
            .is_some_and(|progress| progress.is_active())
    }

    /// What reports say of a run, if it is the latest of a suite.
    pub(in crate::session) fn about(&self, run: &RunInfo) -> Option<About> {
        let about = self.about.borrow();
        let is_it = run.scenario == about.scenario && run.host == about.host;
        is_it.then(|| about.clone())
    }

    /// Stops the suite that goes on: its present run ends, the rest is left
    /// out. Comes back when the final figures stand; false if none goes on.
    pub async fn stop(&self, why: Why) -> bool {
        self.tell_to_stop(why) && self.over().await
    }

    /// The same without waiting for it.
    pub(in crate::session) fn tell_to_stop(&self, why: Why) -> bool {
        let is_active = self.is_active();
        if is_active {
            self.stop.send_replace(Some(why));
        }
        is_active
    }

    /// Comes back when no suite goes on.
    pub(in crate::session) async fn over(&self) -> bool {
        let mut progresses = self.progresses();
        let over =
            progresses.wait_for(|progress| progress.as_ref().is_none_or(|one| !one.is_active()));
        // The sender is ours: it does not go away.
        over.await.is_ok()
    }

    fn tell(&self, progress: &Progress) {
        self.progress.send_replace(Some(Arc::new(progress.clone())));
    }
}

impl Session {
    /// Starts a suite and says what it does.
    ///
    /// # Errors
    /// A run or a suite goes on, or a scenario cannot be part of a suite. Then
    /// nothing has begun.
    pub async fn start_suite(&self, options: SuiteOptions) -> Result<String, SessionError> {
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
        // What was on show is no part of it.
        self.runs.clear().await?;
        self.suites.stop.send_replace(None);
        self.suites.tell(&Progress::new(suite.entries()));
        if options.asker == Initiator::Page {
            self.dead_man.take_charge(Charge::Suite);
        }
        let session = self.clone();
        tokio::spawn(async move { session.follow_suite(suite, permit).await });
        Ok(said)
    }

    /// Follows a suite to its end. Whoever asks meanwhile may not start a run.
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
            if let SuiteEvent::Begun(at) = event {
                self.suites.about.send_replace(entries[*at].about.clone());
            }
            self.log_suite(&entries, event);
            if progress.is_active() {
                self.suites.tell(progress);
            }
            Ok::<_, Infallible>(())
        };
        let Ok(progress) = suite.run(stop, observe).await;
        // Who hears that it is over may start the next one.
        drop(permit);
        self.suites.tell(&progress);
    }

    /// Writes an event of a suite into the program's log.
    fn log_suite(&self, entries: &[SuiteEntry], event: &SuiteEvent) {
        let said = match event {
            SuiteEvent::Begun(at) => {
                let name = entries[*at].name();
                format!("run {} of {}: {name}", at + 1, entries.len())
            }
            SuiteEvent::Stopped { left_out } => {
                format!("suite stopped; {} skipped", left_out.len())
            }
            SuiteEvent::Ended(..) | SuiteEvent::CoolingDown { .. } => return,
        };
        self.note(Level::Info, said);
    }
}
