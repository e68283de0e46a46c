//! Several faults at once, drawn at random.

use std::time::Duration;

use fastrand::Rng;
use rustix::process::Signal;

use super::super::episode::{ANY_VERDICT, Act, Episode, Exit, Mode};
use super::super::viewers::Hostile;
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
    let mut acts = Vec::new();
    for _ in 0..rng.usize(2..=5) {
        add(rng, &mut acts);
    }
    let ends = [Signal::TERM, Signal::INT];
    if rng.bool() {
        acts.push((moment(rng, 500, 3_500), Act::Signal(ends[rng.usize(..2)])));
    }
    acts.sort_by_key(|(moment, _)| *moment);
    // Needs the library, whether it jumps or not.
    acts.insert(0, (Duration::ZERO, Act::Clock("+0")));
    Episode {
        run_s: 5,
        acts,
        exits: [&ANY_VERDICT[..], &[Exit::Code(130)]].concat(),
        ..Episode::default()
    }
}

fn add(rng: &mut Rng, acts: &mut Vec<(Duration, Act)>) {
    let at = moment(rng, 0, 3_000);
    let length = moment(rng, 50, 800);
    match rng.u8(..4) {
        0 => acts.extend(still(Act::Signal, at, length)),
        1 => acts.extend(still(Act::SignalTarget, at, length)),
        2 => {
            let offsets = ["+1h", "-1h", "+5y", "-5y"];
            acts.push((at, Act::Clock(offsets[rng.usize(..offsets.len())])));
        }
        _ => acts.push((at, Act::RemoveFolder)),
    }
}

fn mixed_dashboard(rng: &mut Rng) -> Episode {
    let kinds = [
        Hostile::Stalled(20),
        Hostile::HalfHeads(50),
        Hostile::Flood(4),
        Hostile::Garbage(4),
        Hostile::Frames(4),
    ];
    let viewers = (
        Duration::ZERO,
        Act::Viewers(kinds[rng.usize(..kinds.len())]),
    );
    let others = mixed(rng).acts;
    let others = others.into_iter().filter(|(_, act)| !ends(*act));
    Episode {
        mode: Mode::Dashboard,
        run_s: 4,
        acts: std::iter::once(viewers).chain(others).collect(),
        exits: vec![Exit::Code(0)],
        memory_mb: 160,
        ..Episode::default()
    }
}

fn ends(act: Act) -> bool {
    matches!(act, Act::Signal(Signal::TERM | Signal::INT))
}
