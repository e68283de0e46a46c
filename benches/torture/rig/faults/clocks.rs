//! Clocks that jump, and processes that stand still.

use std::time::Duration;

use fastrand::Rng;

use super::super::episode::{Episode, Exit, FaultAction, Mode};
use super::super::viewers::ViewerAbuse;
use super::{Fault, Group, moment, still};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "clock",
        group: Group::Clocks,
        words: "the wall clock jumps by minutes to years, both ways",
        episode: clock,
    },
    Fault {
        id: "freeze",
        group: Group::Clocks,
        words: "the generator stands still for 1.2 to 4 s",
        episode: freeze,
    },
    Fault {
        id: "freeze-open",
        group: Group::Clocks,
        words: "the same, with an open load",
        episode: freeze_open,
    },
    Fault {
        id: "freeze-pieces",
        group: Group::Clocks,
        words: "the generator stands still for 0.5 s six times",
        episode: freeze_pieces,
    },
    Fault {
        id: "freeze-suite",
        group: Group::Clocks,
        words: "the generator stands still during a suite",
        episode: freeze_suite,
    },
    Fault {
        id: "freeze-limit",
        group: Group::Clocks,
        words: "the generator stands still during the search for the limit",
        episode: freeze_limit,
    },
    Fault {
        id: "freeze-dashboard",
        group: Group::Clocks,
        words: "the generator stands still, with a dashboard and clients that bother it",
        episode: freeze_dashboard,
    },
    Fault {
        id: "freeze-target",
        group: Group::Clocks,
        words: "the target stands still for 0.5 to 3 s",
        episode: freeze_target,
    },
];

fn clock(rng: &mut Rng) -> Episode {
    let mut actions = Vec::new();
    let mut at = Duration::ZERO;
    for _ in 0..4 {
        let offsets = ["+3m", "-3m", "+1d", "-1d", "+9y", "-9y", "+0"];
        at += moment(rng, 100, 900);
        actions.push((at, FaultAction::Clock(offsets[rng.usize(..offsets.len())])));
    }
    Episode {
        run_s: 4,
        actions,
        ..Episode::default()
    }
}

fn freeze(rng: &mut Rng) -> Episode {
    let (from, length) = (moment(rng, 300, 2_000), moment(rng, 1_200, 4_000));
    Episode {
        run_s: 7,
        actions: still(FaultAction::Signal, from, length).to_vec(),
        never_passes: true,
        ..Episode::default()
    }
}

fn freeze_open(rng: &mut Rng) -> Episode {
    Episode {
        scenario: OPEN.to_owned(),
        ..freeze(rng)
    }
}

const OPEN: &str = "load: {rate: 50/s, max_users: 50}
user_classes: {Open: {tasks: {ask: [{get: /api/v1/health/}]}}}
";

fn freeze_pieces(rng: &mut Rng) -> Episode {
    let first = moment(rng, 200, 500);
    let piece = |number| {
        let from = first + Duration::from_millis(900) * number;
        still(FaultAction::Signal, from, Duration::from_millis(500))
    };
    Episode {
        run_s: 7,
        actions: (0..6).flat_map(piece).collect(),
        never_passes: true,
        ..Episode::default()
    }
}

fn freeze_suite(rng: &mut Rng) -> Episode {
    Episode {
        mode: Mode::Suite,
        ..freeze(rng)
    }
}

/// A level that was disturbed is measured again, so the search may pass.
fn freeze_limit(rng: &mut Rng) -> Episode {
    let (from, length) = (moment(rng, 500, 3_000), moment(rng, 1_500, 3_000));
    Episode {
        mode: Mode::Limit,
        run_s: 2,
        actions: still(FaultAction::Signal, from, length).to_vec(),
        ..Episode::default()
    }
}

fn freeze_dashboard(rng: &mut Rng) -> Episode {
    let viewers = [ViewerAbuse::Stalled(20), ViewerAbuse::Flood(2)];
    let viewers = viewers.map(|kind| (Duration::ZERO, FaultAction::Viewers(kind)));
    let frozen = freeze(rng);
    Episode {
        mode: Mode::Dashboard,
        actions: viewers
            .into_iter()
            .chain(frozen.actions.iter().copied())
            .collect(),
        exits: vec![Exit::Code(0)],
        memory_mb: 160,
        ..frozen
    }
}

fn freeze_target(rng: &mut Rng) -> Episode {
    let (from, length) = (moment(rng, 0, 2_000), moment(rng, 500, 3_000));
    Episode {
        run_s: 4,
        actions: still(FaultAction::SignalTarget, from, length).to_vec(),
        ..Episode::default()
    }
}
