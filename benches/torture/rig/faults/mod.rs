//! Every fault, and the run that meets it.

mod clocks;
mod disks;
mod ends;
mod limits;
mod mixed;
mod targets;
mod viewers;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use fastrand::Rng;
use rustix::process::Signal;

use super::episode::{Episode, FaultAction};

/// Faults of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Ends,
    Disks,
    Viewers,
    Targets,
    Limits,
    Clocks,
    Mixed,
}

impl Group {
    /// The heading of its table.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::Ends => "kills and signals",
            Self::Disks => "disks",
            Self::Viewers => "the dashboard",
            Self::Targets => "targets",
            Self::Limits => "limits of the system",
            Self::Clocks => "clocks and freezes",
            Self::Mixed => "several at once",
        }
    }
}

/// A fault that runs are made under.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// For the command line and the table.
    pub(crate) id: &'static str,
    pub(crate) group: Group,
    /// What happens, for the table.
    pub(crate) words: &'static str,
    /// One run, its moments and sizes at random.
    pub(crate) episode: fn(&mut Rng) -> Episode,
}

/// All of them, a group after the other.
pub(crate) static FAULTS: &[&[Fault]] = &[
    ends::FAULTS,
    disks::FAULTS,
    viewers::FAULTS,
    targets::FAULTS,
    limits::FAULTS,
    clocks::FAULTS,
    mixed::FAULTS,
];

impl Fault {
    /// A number that is the same in every build, so that a fault's random
    /// numbers do not depend on which others are run.
    pub(super) fn number(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.id.hash(&mut hasher);
        hasher.finish()
    }
}

/// A process stands still from this moment on, for so long.
fn still(
    act: fn(Signal) -> FaultAction,
    from: Duration,
    length: Duration,
) -> [(Duration, FaultAction); 2] {
    [
        (from, act(Signal::STOP)),
        (from + length, act(Signal::CONT)),
    ]
}

/// A moment between these, in milliseconds.
fn moment(rng: &mut Rng, from_ms: u64, to_ms: u64) -> Duration {
    Duration::from_millis(rng.u64(from_ms..=to_ms))
}
