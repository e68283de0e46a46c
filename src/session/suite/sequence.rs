use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep_until};

use crate::model::RunState;
use crate::report::{About, RunFile};
use crate::run::{Runs, Why};
use crate::session::suite::entry::SuiteEntry;
use crate::verdict::Verdict;

/// Interval of cool-down events.
const TELL: Duration = Duration::from_secs(1);
/// The longest that a target is let recover.
const COOL_DOWN_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs scenarios one after the other, a step at a time.
#[derive(Debug)]
pub(super) struct Sequence {
    runs: Runs,
    entries: Arc<[SuiteEntry]>,
    cool_down: Duration,
    phase: Phase,
}

/// An event of a suite. Entries are counted from 0.
#[derive(Debug)]
pub(crate) enum SuiteEvent {
    /// This one is about to be run.
    Started(usize),
    /// An entry ended, or could not start; its file says which.
    Ended(usize, Arc<RunFile>),
    /// The target recovers; sent at the start and once a second.
    CoolingDown {
        /// The one that is run after it.
        next: usize,
        /// How long it still takes.
        left: Duration,
    },
    /// It was stopped; the last event. Each skipped entry has a file that says
    /// so.
    Stopped { skipped: Vec<Arc<RunFile>> },
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Due(usize),
    Running(usize),
    CoolingDown {
        next: usize,
        tell_at: Instant,
        until: Instant,
    },
    Stopped {
        ran: usize,
    },
    Over,
}

impl Sequence {
    /// Before its first step. Between two runs the target has the cool-down,
    /// at most a day, to recover.
    pub(super) fn new(runs: Runs, entries: Arc<[SuiteEntry]>, cool_down: Duration) -> Self {
        Self {
            runs,
            entries,
            cool_down: cool_down.min(COOL_DOWN_MAX),
            phase: Phase::Due(0),
        }
    }

    /// Waits for the next event; `None` after the last one. When `stop`
    /// resolves, the current run is stopped and the rest is skipped; it is not
    /// polled again. Dropping a call stops nothing.
    pub(super) async fn next(
        &mut self,
        stop: &mut (impl Future<Output = Why> + Unpin),
    ) -> Option<SuiteEvent> {
        loop {
            match self.phase {
                Phase::Due(at) if at < self.entries.len() => {
                    self.phase = Phase::Running(at);
                    return Some(SuiteEvent::Started(at));
                }
                Phase::Due(_) | Phase::Over => return None,
                Phase::Running(at) => {
                    if let Some(file) = self.run(at, stop).await {
                        return Some(SuiteEvent::Ended(at, Arc::new(file)));
                    }
                }
                Phase::CoolingDown {
                    next,
                    tell_at,
                    until,
                } => {
                    let is_stopped = tokio::select! {
                        () = sleep_until(tell_at) => false,
                        _ = &mut *stop => true,
                    };
                    if is_stopped {
                        self.phase = Phase::Stopped { ran: next };
                    } else if tell_at >= until {
                        self.phase = Phase::Due(next);
                    } else {
                        self.phase = Phase::CoolingDown {
                            next,
                            tell_at: (tell_at + TELL).min(until),
                            until,
                        };
                        let left = until - tell_at;
                        return Some(SuiteEvent::CoolingDown { next, left });
                    }
                }
                Phase::Stopped { ran } => {
                    self.phase = Phase::Over;
                    let skipped = self.entries.iter().skip(ran).map(skipped);
                    let skipped = skipped.map(Arc::new).collect();
                    return Some(SuiteEvent::Stopped { skipped });
                }
            }
        }
    }

    /// Runs an entry until it ends or is stopped; `None` if it was stopped
    /// before its start.
    async fn run(
        &mut self,
        at: usize,
        stop: &mut (impl Future<Output = Why> + Unpin),
    ) -> Option<RunFile> {
        let entry = self.entries.get(at)?;
        let before = run_id(&self.runs);
        let why = tokio::select! {
            file = to_end(&self.runs, entry) => Err(file),
            why = stop => Ok(why),
        };
        let next = at + 1;
        match why {
            Err(file) => {
                self.phase = match file {
                    Some(_) if next < self.entries.len() => self.recovery(next),
                    Some(_) => Phase::Over,
                    // Without a file the controller is gone, and no run can be had any more.
                    None => Phase::Stopped { ran: at },
                };
                file
            }
            Ok(why) => {
                // Also where nothing is active yet: the start may be on its way.
                // It fails only with a controller that is gone.
                let _ = self.runs.stop(why).await;
                let has_begun = run_id(&self.runs) != before;
                let file = has_begun.then(|| on_show(&self.runs, &entry.about));
                let ran = if has_begun { next } else { at };
                self.phase = Phase::Stopped { ran };
                file.flatten()
            }
        }
    }

    fn recovery(&self, next: usize) -> Phase {
        let now = Instant::now();
        Phase::CoolingDown {
            next,
            tell_at: now,
            until: now + self.cool_down,
        }
    }
}

/// A run from its health gate, if it has one, to its final figures. A target
/// that cannot be reached makes a run that is not sound. `None` where the
/// controller is gone.
async fn to_end(runs: &Runs, entry: &SuiteEntry) -> Option<RunFile> {
    let started = runs.start(entry.spec.clone(), Arc::clone(&entry.program), None);
    if let Err(error) = started.await {
        let reason = error.to_string();
        return Some(unstarted(entry, Verdict::Invalid, reason));
    }
    let mut snapshots = runs.snapshots();
    let stopped = snapshots.wait_for(|snapshot| snapshot.state == RunState::Stopped);
    let snapshot = Arc::clone(&*stopped.await.ok()?);
    RunFile::new(&snapshot, &runs.log(), &entry.about)
}

/// A skipped run may have failed.
fn skipped(entry: &SuiteEntry) -> RunFile {
    let reason = "left out: the suite was stopped before it";
    unstarted(entry, Verdict::Undecided, reason.to_owned())
}

fn unstarted(entry: &SuiteEntry, verdict: Verdict, reason: String) -> RunFile {
    RunFile::unstarted(&entry.about, now_unix_ms(), verdict, reason)
}

/// The displayed run.
fn on_show(runs: &Runs, about: &About) -> Option<RunFile> {
    RunFile::new(&runs.snapshot(), &runs.log(), about)
}

fn run_id(runs: &Runs) -> Option<String> {
    let snapshot = runs.snapshot();
    snapshot.run.as_ref().map(|run| run.id.clone())
}

fn now_unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
