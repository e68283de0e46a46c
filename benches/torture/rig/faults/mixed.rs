//! Several faults at once, drawn at random.

use std::time::Duration;

use fastrand::Rng;
use rustix::process::Signal;

use super::super::episode::{ANY_VERDICT, Episode, Exit, FaultAction, Mode};
use super::super::viewers::ViewerAbuse;
use super::{Fault, Group, moment, still};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "mixed",
        group: Group::Mixed,
        words: "two to five of: short freezes of generator and target, jumps of the clock, the folder removed, a signal",
        episode: mixed,
    },
    Fault {
        id: "mixed-dashboard",
        group: Group::Mixed,
        words: "the same and hostile clients of the dashboard",
        episode: mixed_dashboard,
    },
];

fn mixed(rng: &mut Rng) -> Episode {
    let mut actions = Vec::new();
    for _ in 0..rng.usize(2..=5) {
        add(rng, &mut actions);
    }
    let ends = [Signal::TERM, Signal::INT];
    if rng.bool() {
        actions.push((
            moment(rng, 500, 3_500),
            FaultAction::Signal(ends[rng.usize(..2)]),
        ));
    }
    actions.sort_by_key(|(moment, _)| *moment);
    // Needs the library, whether it jumps or not.
    actions.insert(0, (Duration::ZERO, FaultAction::Clock("+0")));
    Episode {
        run_s: 5,
        actions,
        exits: [&ANY_VERDICT[..], &[Exit::Code(130)]].concat(),
        ..Episode::default()
    }
}

fn add(rng: &mut Rng, actions: &mut Vec<(Duration, FaultAction)>) {
    let at = moment(rng, 0, 3_000);
    let length = moment(rng, 50, 800);
    match rng.u8(..4) {
        0 => actions.extend(still(FaultAction::Signal, at, length)),
        1 => actions.extend(still(FaultAction::SignalTarget, at, length)),
        2 => {
            let offsets = ["+1h", "-1h", "+5y", "-5y"];
            actions.push((at, FaultAction::Clock(offsets[rng.usize(..offsets.len())])));
        }
        _ => actions.push((at, FaultAction::RemoveFolder)),
    }
}

fn mixed_dashboard(rng: &mut Rng) -> Episode {
    let kinds = [
        ViewerAbuse::Stalled(20),
        ViewerAbuse::HalfHeads(50),
        ViewerAbuse::Flood(4),
        ViewerAbuse::Garbage(4),
        ViewerAbuse::Frames(4),
    ];
    let viewers = (
        Duration::ZERO,
        FaultAction::Viewers(kinds[rng.usize(..kinds.len())]),
    );
    let others = mixed(rng).actions;
    let others = others.into_iter().filter(|(_, act)| !ends(*act));
    Episode {
        mode: Mode::Dashboard,
        run_s: 4,
        actions: std::iter::once(viewers).chain(others).collect(),
        exits: vec![Exit::Code(0)],
        memory_mb: 160,
        ..Episode::default()
    }
}

fn ends(act: FaultAction) -> bool {
    matches!(act, FaultAction::Signal(Signal::TERM | Signal::INT))
}
