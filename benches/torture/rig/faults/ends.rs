//! Kills and signals at random moments.

use fastrand::Rng;
use rustix::process::Signal;

use super::super::episode::{ANY_VERDICT, Episode, Exit, FaultAction, Mode, TimeOrigin};
use super::{Fault, Group, moment};

const KILLED: i32 = 9;
const INTERRUPTED: Exit = Exit::Code(130);

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "kill",
        group: Group::Ends,
        words: "SIGKILL at any moment",
        episode: kill,
    },
    Fault {
        id: "kill-dashboard",
        group: Group::Ends,
        words: "SIGKILL of a program with a dashboard",
        episode: kill_dashboard,
    },
    Fault {
        id: "signal",
        group: Group::Ends,
        words: "SIGTERM, SIGINT, SIGHUP or SIGQUIT at any moment",
        episode: signal,
    },
    Fault {
        id: "signal-twice",
        group: Group::Ends,
        words: "two signals, the second within 400 ms",
        episode: signal_twice,
    },
    Fault {
        id: "signal-open",
        group: Group::Ends,
        words: "a signal during an open load",
        episode: signal_open,
    },
    Fault {
        id: "signal-suite",
        group: Group::Ends,
        words: "a signal during a suite",
        episode: signal_suite,
    },
    Fault {
        id: "signal-dashboard",
        group: Group::Ends,
        words: "a signal to a program with a dashboard",
        episode: signal_dashboard,
    },
    Fault {
        id: "signal-limit",
        group: Group::Ends,
        words: "a signal during the search for the limit",
        episode: signal_limit,
    },
];

fn any_signal(rng: &mut Rng) -> FaultAction {
    let signals = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];
    FaultAction::Signal(signals[rng.usize(..signals.len())])
}

fn kill(rng: &mut Rng) -> Episode {
    Episode {
        run_s: 30,
        origin: if rng.u8(..4) == 0 {
            TimeOrigin::AtStart
        } else {
            TimeOrigin::UnderLoad
        },
        actions: vec![(moment(rng, 0, 3_500), FaultAction::Signal(Signal::KILL))],
        exits: vec![Exit::Signal(KILLED)],
        ..Episode::default()
    }
}

fn kill_dashboard(rng: &mut Rng) -> Episode {
    Episode {
        mode: Mode::Dashboard,
        actions: vec![(moment(rng, 500, 3_500), FaultAction::Signal(Signal::KILL))],
        exits: vec![Exit::Signal(KILLED)],
        ..Episode::default()
    }
}

fn signal(rng: &mut Rng) -> Episode {
    let origin = if rng.bool() {
        TimeOrigin::AtStart
    } else {
        TimeOrigin::UnderLoad
    };
    Episode {
        run_s: 30,
        origin,
        actions: vec![(moment(rng, 0, 2_500), any_signal(rng))],
        exits: [&ANY_VERDICT[..], &[INTERRUPTED]].concat(),
        never_passes: true,
        ..Episode::default()
    }
}

fn signal_twice(rng: &mut Rng) -> Episode {
    let first = moment(rng, 0, 2_000);
    Episode {
        run_s: 30,
        actions: vec![
            (first, any_signal(rng)),
            (first + moment(rng, 0, 400), any_signal(rng)),
        ],
        exits: [&ANY_VERDICT[..], &[INTERRUPTED]].concat(),
        never_passes: true,
        ..Episode::default()
    }
}

fn signal_open(rng: &mut Rng) -> Episode {
    Episode {
        scenario: OPEN.to_owned(),
        run_s: 30,
        actions: vec![(moment(rng, 0, 3_000), any_signal(rng))],
        never_passes: true,
        ..Episode::default()
    }
}

/// More than the users can do, so that starts wait when it ends.
const OPEN: &str = "load: {rate: 400/s, max_users: 5, queue: 50}
user_classes: {Open: {tasks: {ask: [{get: /api/v1/health/}]}}}
";

fn signal_suite(rng: &mut Rng) -> Episode {
    Episode {
        mode: Mode::Suite,
        run_s: 30,
        actions: vec![(moment(rng, 0, 2_500), any_signal(rng))],
        exits: [&ANY_VERDICT[..], &[INTERRUPTED]].concat(),
        never_passes: true,
        ..Episode::default()
    }
}

fn signal_dashboard(rng: &mut Rng) -> Episode {
    Episode {
        mode: Mode::Dashboard,
        actions: vec![(moment(rng, 0, 2_500), any_signal(rng))],
        exits: vec![Exit::Code(0)],
        ..Episode::default()
    }
}

fn signal_limit(rng: &mut Rng) -> Episode {
    Episode {
        mode: Mode::Limit,
        run_s: 2,
        actions: vec![(moment(rng, 0, 4_000), any_signal(rng))],
        ..Episode::default()
    }
}
