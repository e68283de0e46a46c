//! The runs of a dashboard are attended: told and shown where that is asked
//! for, and written when each has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use crate::cli::config::options::ConsoleArgs;
use crate::cli::run::results::Results;
use crate::cli::run::run_reporter::RunReporter;
use crate::cli::terminal::console::complain;
use crate::model::RunState;
use crate::run::{Level, Snapshot};
use crate::session::{Session, StartedRun};

/// How long the end waits for a disk.
const FINISH: Duration = Duration::from_secs(10);

/// A task that attends whatever run goes on.
#[derive(Debug)]
pub(crate) struct ReporterTask {
    finish: oneshot::Sender<()>,
    task: JoinHandle<bool>,
}

impl ReporterTask {
    /// Starts it on the current runtime.
    pub(crate) fn start(session: &Session, attendant: RunReporter, console: ConsoleArgs) -> Self {
        let (finish, finished) = oneshot::channel();
        let desk = ReporterState {
            session: session.clone(),
            attendant,
            shows_tables: console.print_stats || console.only_summary,
            current: None,
            is_written: false,
            all_written: Arc::new(AtomicBool::new(true)),
            writing: None,
        };
        Self {
            finish,
            task: tokio::spawn(desk.work(finished)),
        }
    }

    /// Writes what is still to be written. Whether all that was asked for, of all
    /// runs, has been written.
    pub(crate) async fn finish(self) -> bool {
        // A task that has ended by itself has nothing to write.
        let _ = self.finish.send(());
        match timeout(FINISH, self.task).await {
            Ok(ended) => ended.unwrap_or(false),
            Err(_) => {
                let seconds = FINISH.as_secs();
                complain(format!(
                    "reports not written within {seconds} s: they may be missing (is the disk slow?)"
                ));
                false
            }
        }
    }
}

/// Says what is wrong in the terminal and in the dashboard's log.
pub(crate) fn tell(session: &Session, trouble: &str) {
    complain(trouble);
    session.note(Level::Error, trouble);
}

struct ReporterState {
    session: Session,
    attendant: RunReporter,
    /// Whether the final tables of each run are shown.
    shows_tables: bool,
    /// The run that is attended.
    current: Option<Arc<StartedRun>>,
    /// Whether it has been written, or that has begun.
    is_written: bool,
    /// Whether no file of any run is missing. Written by what writes them.
    all_written: Arc<AtomicBool>,
    /// The last files, on their way to the disk. The control plane does not
    /// wait for it.
    writing: Option<JoinHandle<()>>,
}

impl ReporterState {
    async fn work(mut self, mut finished: oneshot::Receiver<()>) -> bool {
        let mut snapshots = self.session.runs().snapshots();
        let mut started = self.session.started();
        loop {
            let is_last = tokio::select! {
                changed = snapshots.changed() => changed.is_err(),
                changed = started.changed() => changed.is_err(),
                _ = &mut finished => true,
            };
            let snapshot = Arc::clone(&snapshots.borrow_and_update());
            let newest = started.borrow_and_update().clone();
            if let Some(one) = newest.filter(|one| one.is(&snapshot)) {
                self.attend(one, &snapshot, is_last).await;
            }
            if is_last {
                break;
            }
        }
        if let Some(writing) = self.writing {
            // What went wrong with it, it has said itself.
            let _ = writing.await;
        }
        let missing = self.attendant.screen().missing();
        missing.iter().for_each(complain);
        self.all_written.load(Ordering::Relaxed) && missing.is_none()
    }

    async fn attend(&mut self, one: Arc<StartedRun>, snapshot: &Snapshot, is_last: bool) {
        let is_new = self
            .current
            .as_ref()
            .is_none_or(|it| it.run.id != one.run.id);
        if is_new {
            self.attendant.begin(&one);
            self.is_written = false;
        }
        self.attendant
            .look(self.session.runs(), &one, snapshot)
            .await;
        if !self.is_written && (is_last || snapshot.state == RunState::Stopped) {
            self.is_written = true;
            if self.shows_tables {
                self.attendant.show_tables(snapshot);
            }
            self.write(self.attendant.results(self.session.runs(), &one, snapshot));
        }
        self.current = Some(one);
    }

    /// Begins to write, unless the disk is still busy with the run before.
    fn write(&mut self, results: Results) {
        let session = self.session.clone();
        let is_busy = self
            .writing
            .as_ref()
            .is_some_and(|last| !last.is_finished());
        if is_busy {
            let trouble = "the previous run's reports are still being written; the reports of this run were skipped";
            tell(&session, trouble);
            self.all_written.store(false, Ordering::Relaxed);
            return;
        }
        let all_written = Arc::clone(&self.all_written);
        self.writing = Some(tokio::spawn(async move {
            let written = spawn_blocking(move || results.write()).await;
            let wrong = written.unwrap_or_else(|error| {
                vec![format!(
                    "internal error: cannot render the reports: {error}; please report this"
                )]
            });
            if !wrong.is_empty() {
                all_written.store(false, Ordering::Relaxed);
            }
            wrong.iter().for_each(|trouble| tell(&session, trouble));
        }));
    }
}
