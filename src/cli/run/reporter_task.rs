//! Reports the runs of a dashboard: logs and shows each one as requested, and
//! writes its results at the end.

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

/// How long the exit waits for the disk.
const FINISH: Duration = Duration::from_secs(10);

/// A task that reports each run of a dashboard.
#[derive(Debug)]
pub(crate) struct ReporterTask {
    finish: oneshot::Sender<()>,
    task: JoinHandle<bool>,
}

impl ReporterTask {
    /// Starts it on the current runtime.
    pub(crate) fn start(session: &Session, reporter: RunReporter, console: ConsoleArgs) -> Self {
        let (finish, finished) = oneshot::channel();
        let reporter_loop = ReporterLoop {
            session: session.clone(),
            reporter,
            shows_tables: console.print_stats || console.only_summary,
            current: None,
            is_written: false,
            all_written: Arc::new(AtomicBool::new(true)),
            writing: None,
        };
        Self {
            finish,
            task: tokio::spawn(reporter_loop.work(finished)),
        }
    }

    /// Writes what is pending. Returns false if an output of any run is
    /// missing.
    pub(crate) async fn finish(self) -> bool {
        // A task that has ended has nothing to write.
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

/// Reports a problem in the terminal and in the dashboard's log.
pub(crate) fn report_problem(session: &Session, problem: &str) {
    complain(problem);
    session.note(Level::Error, problem);
}

struct ReporterLoop {
    session: Session,
    reporter: RunReporter,
    /// Whether to print the final tables of each run.
    shows_tables: bool,
    /// The run being reported.
    current: Option<Arc<StartedRun>>,
    /// Whether writing its results has started.
    is_written: bool,
    /// False once a file of any run could not be written.
    all_written: Arc<AtomicBool>,
    /// The files being written. The control plane does not wait for the disk.
    writing: Option<JoinHandle<()>>,
}

impl ReporterLoop {
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
                self.report(one, &snapshot, is_last).await;
            }
            if is_last {
                break;
            }
        }
        if let Some(writing) = self.writing {
            // It has reported its own errors.
            let _ = writing.await;
        }
        let missing = self.reporter.screen().missing();
        missing.iter().for_each(complain);
        self.all_written.load(Ordering::Relaxed) && missing.is_none()
    }

    async fn report(&mut self, one: Arc<StartedRun>, snapshot: &Snapshot, is_last: bool) {
        let is_new = self
            .current
            .as_ref()
            .is_none_or(|it| it.run.id != one.run.id);
        if is_new {
            self.reporter.start(&one);
            self.is_written = false;
        }
        self.reporter
            .update(self.session.runs(), &one, snapshot)
            .await;
        if !self.is_written && (is_last || snapshot.state == RunState::Stopped) {
            self.is_written = true;
            if self.shows_tables {
                self.reporter.show_tables(snapshot);
            }
            self.write(self.reporter.results(self.session.runs(), &one, snapshot));
        }
        self.current = Some(one);
    }

    /// Starts writing, unless the previous run's files are still being written.
    fn write(&mut self, results: Results) {
        let session = self.session.clone();
        let is_busy = self
            .writing
            .as_ref()
            .is_some_and(|last| !last.is_finished());
        if is_busy {
            let problem = "the previous run's reports are still being written; the reports of this run were skipped";
            report_problem(&session, problem);
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
            wrong
                .iter()
                .for_each(|problem| report_problem(&session, problem));
        }));
    }
}
