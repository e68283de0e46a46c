//! What holds whatever happens, and whether it did.

use std::time::Duration;

use swarmdeck::model::LevelOutcome;
use swarmdeck::report::RunFile;
use swarmdeck::verdict::Verdict;

use super::episode::{Episode, Exit, FaultAction, Mode, Target, TimeOrigin};
use super::files::OutputFiles;

/// What holds whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Invariant {
    NoPanic,
    Ends,
    ExitCode,
    NoOrphan,
    Counts,
    TargetCount,
    Verdict,
    Files,
    Memory,
    Stop,
}

impl Invariant {
    pub(crate) const ALL: [Self; 10] = [
        Self::NoPanic,
        Self::Ends,
        Self::ExitCode,
        Self::NoOrphan,
        Self::Counts,
        Self::TargetCount,
        Self::Verdict,
        Self::Files,
        Self::Memory,
        Self::Stop,
    ];

    /// The heading of its column.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::NoPanic => "no panic",
            Self::Ends => "ends",
            Self::ExitCode => "exit code",
            Self::NoOrphan => "no orphan",
            Self::Counts => "counts add up",
            Self::TargetCount => "target counts the same",
            Self::Verdict => "verdict",
            Self::Files => "files whole",
            Self::Memory => "memory",
            Self::Stop => "Stop",
        }
    }
}

/// Whether an invariant was kept in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InvariantStatus {
    Kept,
    Broken(String),
    /// It cannot be told, or makes no sense here.
    Unknown,
}

impl InvariantStatus {
    fn kept_if(kept: bool, broken: impl FnOnce() -> String) -> Self {
        if kept {
            Self::Kept
        } else {
            Self::Broken(broken())
        }
    }
}

/// What was seen of a run.
#[derive(Debug)]
pub(super) struct Seen {
    /// `None` if it had to be killed.
    pub(super) exit: Option<Exit>,
    pub(super) stderr: String,
    pub(super) files: OutputFiles,
    /// Processes that were left when it had ended.
    pub(super) left: usize,
    /// Requests that the target has received; `None` if it is gone.
    pub(super) received: Option<u64>,
    pub(super) peak_kb: u64,
    /// How long Stop took, or why it was not answered; `None` without a
    /// dashboard.
    pub(super) stop: Option<Result<Duration, String>>,
}

/// Whether each invariant was kept.
pub(super) fn judge(episode: &Episode, seen: &Seen) -> Vec<(Invariant, InvariantStatus)> {
    let cell = |invariant| match invariant {
        Invariant::NoPanic => no_panic(episode, seen),
        Invariant::Ends => {
            InvariantStatus::kept_if(seen.exit.is_some(), || "was killed".to_owned())
        }
        Invariant::ExitCode => exit_code(episode, seen),
        Invariant::NoOrphan => {
            InvariantStatus::kept_if(seen.left == 0, || format!("{} processes", seen.left))
        }
        Invariant::Counts => counts(episode, seen),
        Invariant::TargetCount => target_count(episode, seen),
        Invariant::Verdict => verdict(episode, seen),
        Invariant::Files => files(episode, seen),
        Invariant::Memory => {
            let mb = seen.peak_kb / 1_024;
            InvariantStatus::kept_if(mb <= episode.memory_mb, || {
                format!("{mb} MB of {}", episode.memory_mb)
            })
        }
        Invariant::Stop => match &seen.stop {
            None => InvariantStatus::Unknown,
            Some(Ok(_)) => InvariantStatus::Kept,
            Some(Err(why)) => InvariantStatus::Broken(why.clone()),
        },
    };
    Invariant::ALL.map(|one| (one, cell(one))).to_vec()
}

fn no_panic(episode: &Episode, seen: &Seen) -> InvariantStatus {
    const ABORTED: i32 = 6;
    const CRASHED: [i32; 4] = [4, 7, 8, 11];
    if let Some(line) = seen.stderr.lines().find(|line| line.contains("panicked")) {
        return InvariantStatus::Broken(line.to_owned());
    }
    // A message of the system about memory is no panic.
    let is_allowed = seen.exit.is_some_and(|exit| episode.exits.contains(&exit));
    let is_crash = !is_allowed
        && match seen.exit {
            Some(Exit::Code(code)) => code == 101 || code == 4,
            Some(Exit::Signal(signal)) => signal == ABORTED || CRASHED.contains(&signal),
            None => false,
        };
    InvariantStatus::kept_if(!is_crash, || format!("{:?}: {}", seen.exit, tail(seen)))
}

fn exit_code(episode: &Episode, seen: &Seen) -> InvariantStatus {
    let Some(exit) = seen.exit else {
        return InvariantStatus::Unknown;
    };
    if episode.exits.contains(&exit) {
        return InvariantStatus::Kept;
    }
    // Before the program listens to signals they do what they always do.
    let signalled = episode
        .actions
        .iter()
        .any(|(_, act)| matches!(act, FaultAction::Signal(_)));
    let early = episode.origin == TimeOrigin::AtStart && seen.stderr.is_empty();
    let is_early_end = signalled && early && matches!(exit, Exit::Signal(_));
    InvariantStatus::kept_if(is_early_end, || format!("{exit:?}: {}", tail(seen)))
}

fn counts(episode: &Episode, seen: &Seen) -> InvariantStatus {
    let mut wrong = Vec::new();
    if let Some((all, sum)) = seen.files.stats
        && all != sum
    {
        wrong.push(format!(
            "the rows of the CSV add up to {sum}, its last row says {all}"
        ));
    }
    let Some(run) = &seen.files.run else {
        return match (seen.files.stats, wrong.is_empty()) {
            (None, _) => InvariantStatus::Unknown,
            (_, kept) => InvariantStatus::kept_if(kept, || wrong.join("; ")),
        };
    };
    let Some(counts) = &run.counts else {
        return InvariantStatus::Broken("no counts in the run file".to_owned());
    };
    let ended = counts.succeeded + counts.failed;
    if counts.requests_started != ended + counts.cut_off {
        wrong.push(format!("{counts:?}"));
    }
    if counts.tasks_started != counts.tasks_succeeded + counts.tasks_failed + counts.tasks_cut_off {
        wrong.push(format!("tasks: {counts:?}"));
    }
    if run.aggregated.requests != ended {
        wrong.push(format!(
            "{} requests in the sum, {ended} counted",
            run.aggregated.requests
        ));
    }
    if let Some((all, _)) = seen.files.stats
        && all != ended
        && episode.disk_takes_all()
    {
        wrong.push(format!(
            "{all} requests in the CSV, {ended} in the run file"
        ));
    }
    InvariantStatus::kept_if(wrong.is_empty(), || wrong.join("; "))
}

fn target_count(episode: &Episode, seen: &Seen) -> InvariantStatus {
    let Some(received) = seen.received else {
        return InvariantStatus::Unknown;
    };
    let Some(counts) = seen.files.run.as_ref().and_then(|run| run.counts) else {
        // What is on disk is older than what the target knows.
        return match seen.files.stats {
            Some((all, _)) if episode.target == Target::Lab => {
                InvariantStatus::kept_if(all <= received, || {
                    format!("{all} on disk, {received} received")
                })
            }
            _ => InvariantStatus::Unknown,
        };
    };
    if matches!(episode.mode, Mode::Limit) {
        // A search begins its counts anew, level by level.
        return InvariantStatus::Unknown;
    }
    let is_exact = counts.failed == 0 && counts.cut_off == 0;
    let kept = received <= counts.exchanges
        && received >= counts.succeeded
        && (!is_exact || received == counts.exchanges);
    InvariantStatus::kept_if(kept, || format!("{received} received: {counts:?}"))
}

fn verdict(episode: &Episode, seen: &Seen) -> InvariantStatus {
    let said = seen.files.run.as_ref().and_then(RunFile::verdict);
    let Some(said) = said else {
        return InvariantStatus::Unknown;
    };
    if let Some(why) = seen.files.run.as_ref().and_then(uneven_levels) {
        return InvariantStatus::Broken(why);
    }
    if episode.never_passes && said == Verdict::Pass {
        return InvariantStatus::Broken("PASS".to_owned());
    }
    if episode.mode != Mode::Headless {
        return InvariantStatus::Kept;
    }
    let expected = match said {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Invalid | Verdict::Undecided => 3,
        Verdict::Error => 4,
    };
    let agrees = match seen.exit {
        // That output is lost is said where all else is well.
        Some(Exit::Code(code)) => code == expected || code == 5 && expected == 0,
        _ => true,
    };
    InvariantStatus::kept_if(agrees, || format!("{said:?} with {:?}", seen.exit))
}

/// Levels of a search that were kept and of which one had less than half the
/// requests per user of another: it was not measured undisturbed.
fn uneven_levels(run: &RunFile) -> Option<String> {
    let levels = run.capacity.iter().flat_map(|capacity| &capacity.levels);
    let kept = levels.filter(|level| level.outcome == Some(LevelOutcome::Kept));
    let rates: Vec<f64> = kept.map(|level| level.rps / level.load).collect();
    let most = rates.iter().copied().fold(0.0, f64::max);
    let is_low = |rate: &f64| *rate < most / 2.0;
    rates
        .iter()
        .any(is_low)
        .then(|| format!("kept at {rates:?} requests/s a user"))
}

fn files(episode: &Episode, seen: &Seen) -> InvariantStatus {
    if seen.files.count == 0 {
        let is_final = matches!(seen.exit, Some(Exit::Code(0 | 1 | 3)));
        let wanted = is_final && episode.disk_takes_all();
        return if wanted {
            InvariantStatus::Broken("there are none".to_owned())
        } else {
            InvariantStatus::Unknown
        };
    }
    InvariantStatus::kept_if(seen.files.broken.is_empty(), || {
        seen.files.broken.join("; ")
    })
}

/// The last of what it said.
fn tail(seen: &Seen) -> String {
    let lines: Vec<&str> = seen.stderr.trim_end().lines().collect();
    let last = &lines[lines.len().saturating_sub(3)..];
    last.join(" / ")
}
