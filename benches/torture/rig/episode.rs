//! What a run under a fault consists of, as data.

use std::time::Duration;

use rustix::process::Signal;

use super::bodies::Bomb;
use super::disk::Disk;
use super::frames::Frames;
use super::viewers::ViewerAbuse;

/// How the program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `--headless`, for a time.
    Headless,
    /// `--headless --find-limit`, up to four users.
    Limit,
    /// `swarmdeck suite` with the scenario alone.
    Suite,
    /// With a dashboard and `--autostart`, until it is stopped over the API.
    Dashboard,
}

/// What the load goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The lab, in a process of its own.
    Lab,
    /// A server that answers every request in the same hostile way.
    Hostile(Bomb),
    /// The same over HTTP/2.
    HostileFrames(Frames),
}

/// What happens to the run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FaultAction {
    /// The program gets a signal.
    Signal(Signal),
    /// The lab gets a signal.
    SignalTarget(Signal),
    /// The folder of the results is removed.
    RemoveFolder,
    /// The wall clock is so far from the true time, as `libfaketime` writes it.
    Clock(&'static str),
    /// Clients bother the dashboard until the run has ended.
    Viewers(ViewerAbuse),
}

/// From when on the moments of the acts count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeOrigin {
    /// The start of the program.
    AtStart,
    /// The first request at the target.
    UnderLoad,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// With this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// One run of the program and what happens to it.
#[derive(Clone, Debug)]
pub(crate) struct Episode {
    pub(crate) mode: Mode,
    pub(crate) target: Target,
    /// The text of the scenario.
    pub(crate) scenario: String,
    /// `--run-time` in seconds; a dashboard's run is stopped when the acts are over.
    pub(crate) run_s: u64,
    /// Options of `prlimit`.
    pub(crate) limits: Vec<String>,
    pub(crate) disk: Disk,
    pub(crate) origin: TimeOrigin,
    /// In their order, each with its moment.
    pub(crate) actions: Vec<(Duration, FaultAction)>,
    /// How it may end. A signal that comes before the program listens ends it
    /// as any other; that is allowed where an act is a signal.
    pub(crate) exits: Vec<Exit>,
    /// Whether the verdict must not be PASS.
    pub(crate) never_passes: bool,
    /// The most resident memory, in MB.
    pub(crate) memory_mb: u64,
}

/// Ten users that ask for something small.
pub(crate) const STEADY: &str = "load: {users: 10, spawn_rate: 100}
user_classes: {Steady: {wait: 20ms, tasks: {ask: [{get: /api/v1/health/}]}}}
";

/// The exit codes of a run that may be disturbed and is not interrupted.
pub(crate) const ANY_VERDICT: [Exit; 3] = [Exit::Code(0), Exit::Code(1), Exit::Code(3)];

impl Default for Episode {
    /// A run of two seconds against the lab to which nothing happens.
    fn default() -> Self {
        Self {
            mode: Mode::Headless,
            target: Target::Lab,
            scenario: STEADY.to_owned(),
            run_s: 2,
            limits: Vec::new(),
            disk: Disk::Sound,
            origin: TimeOrigin::UnderLoad,
            actions: Vec::new(),
            exits: ANY_VERDICT.to_vec(),
            never_passes: false,
            memory_mb: 100,
        }
    }
}

impl Episode {
    /// Whether a signal ends the program, so that nothing can be asked of it then.
    pub(super) fn ends_by_signal(&self) -> bool {
        self.actions.iter().any(|(_, act)| match act {
            FaultAction::Signal(signal) => !matches!(*signal, Signal::STOP | Signal::CONT),
            _ => false,
        })
    }

    /// Whether nothing keeps the results from being written.
    pub(super) fn disk_takes_all(&self) -> bool {
        let removes = |act: &(Duration, FaultAction)| matches!(act.1, FaultAction::RemoveFolder);
        let has_quota = self.limits.iter().any(|limit| limit.contains("fsize"));
        !self.disk.is_mounted() && !has_quota && !self.actions.iter().any(removes)
    }
}
