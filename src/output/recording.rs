//! Keeps files up to date during runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::locust::csv;
use crate::model::RunState;
use crate::output::{CsvFiles, OutputError};
use crate::run::{Runs, Snapshot};

/// How often files are written.
const WRITE: Duration = Duration::from_secs(1);
/// How long the end waits for a disk.
const FINISH: Duration = Duration::from_secs(10);
/// Problems waiting to be reported; more are dropped.
const PROBLEMS: usize = 4;

/// A task that writes once a second, and everything at the end of a run.
///
/// It reads the latest snapshot and the log of closed seconds: a slow disk
/// makes it skip a second's files and catch up on the history, up to what the
/// log keeps (ten minutes).
#[derive(Debug)]
pub(crate) struct Recording {
    finish: oneshot::Sender<()>,
    task: JoinHandle<Vec<OutputError>>,
    problems: mpsc::Receiver<String>,
}

impl Recording {
    /// Starts it on the current runtime.
    pub(crate) fn start(runs: &Runs, files: CsvFiles) -> Self {
        let (finish, finished) = oneshot::channel();
        let (say, problems) = mpsc::channel(PROBLEMS);
        let task = tokio::spawn(follow(runs.clone(), files, finished, say));
        Self {
            finish,
            task,
            problems,
        }
    }

    /// The next thing to be said: files that cannot be written, or can again.
    /// Waits for ever when there is none.
    pub(crate) async fn problem(&mut self) -> String {
        match self.problems.recv().await {
            Some(problem) => problem,
            None => std::future::pending().await,
        }
    }

    /// Writes the final figures and returns what is missing in the files.
    pub(crate) async fn finish(self) -> Vec<OutputError> {
        // A task that has already ended has written.
        let _ = self.finish.send(());
        match tokio::time::timeout(FINISH, self.task).await {
            Ok(Ok(wrong)) => wrong,
            _ => vec![OutputError::Stuck {
                seconds: FINISH.as_secs(),
            }],
        }
    }
}

/// The state of the files.
#[derive(Debug, Default)]
struct Written {
    at: Option<Instant>,
    generation: u64,
    /// The last second in the history.
    second: u64,
    /// Whether the history has its final line.
    ended: bool,
    /// Rates of the last seconds, while it ran.
    rates: (f64, f64),
    /// Whether the last attempt failed.
    is_failing: bool,
}

async fn follow(
    runs: Runs,
    mut files: CsvFiles,
    mut finished: oneshot::Receiver<()>,
    say: mpsc::Sender<String>,
) -> Vec<OutputError> {
    let mut snapshots = runs.snapshots();
    let mut written = Written::default();
    loop {
        let last = tokio::select! {
            changed = snapshots.changed() => changed.is_err(),
            _ = &mut finished => true,
            () = tokio::time::sleep(WRITE), if written.is_failing => false,
        };
        let snapshot = Arc::clone(&snapshots.borrow_and_update());
        if !(last || written.is_due(&snapshot)) {
            continue;
        }
        let moments = written.moments(&runs, &snapshot);
        let done = spawn_blocking(move || (files.write(&snapshot, &moments), files)).await;
        let Ok((wrote, same)) = done else {
            return Vec::new();
        };
        files = same;
        if last {
            let wrong = wrote.err().map(OutputError::from);
            return wrong.into_iter().chain(files.lost()).collect();
        }
        let news = match &wrote {
            Err(error) if !written.is_failing => Some(format!(
                "{error}; the run continues and retries writing every second"
            )),
            Ok(()) if written.is_failing => Some("writing files works again".to_owned()),
            _ => None,
        };
        written.is_failing = wrote.is_err();
        if let Some(news) = news {
            // Without a listener the message is dropped.
            let _ = say.try_send(news);
        }
    }
}

impl Written {
    fn is_due(&mut self, snapshot: &Snapshot) -> bool {
        if snapshot.generation != self.generation {
            *self = Self {
                at: self.at,
                is_failing: self.is_failing,
                generation: snapshot.generation,
                ..Self::default()
            };
        }
        let waited = self.at.is_none_or(|at| at.elapsed() >= WRITE);
        match snapshot.state {
            RunState::Ready => false,
            RunState::Stopped => !self.ended || (self.is_failing && waited),
            _ => {
                self.rates = (snapshot.rates.rps, snapshot.rates.fps);
                waited
            }
        }
    }

    /// The seconds that were closed since, and the end.
    fn moments(&mut self, runs: &Runs, snapshot: &Snapshot) -> Vec<csv::Moment> {
        self.at = Some(Instant::now());
        let Some(run) = &snapshot.run else {
            return Vec::new();
        };
        let unix_s = |end_s: u64| run.started_unix_ms / 1_000 + end_s;
        let mut moments = Vec::new();
        for row in runs.log().seconds_after(self.second) {
            self.second = row.end_s;
            #[expect(clippy::cast_precision_loss, reason = "exact far beyond any second")]
            let per_second = |count: u64| count as f64 / row.width_s as f64;
            moments.push(csv::Moment {
                unix_s: unix_s(row.end_s),
                users: row.users,
                rps: per_second(row.requests),
                fps: per_second(row.failures),
            });
        }
        if snapshot.state == RunState::Stopped && !self.ended {
            self.ended = true;
            // The last second was cut short: its rate would be a dip.
            let (rps, fps) = self.rates;
            moments.push(csv::Moment {
                unix_s: unix_s(self.second + 1),
                users: snapshot.users,
                rps,
                fps,
            });
        }
        moments
    }
}
