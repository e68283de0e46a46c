//! Clients that bother the dashboard during a run.

use std::time::Duration;

use fastrand::Rng;

use super::super::episode::{Act, Episode, Exit, Mode};
use super::super::viewers::Hostile;
use super::{Fault, Group};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "viewers-idle",
        group: Group::Viewers,
        words: "100 to 600 connections that say nothing",
        episode: |rng| bothered(Hostile::Idle(rng.usize(100..=600))),
    },
    Fault {
        id: "viewers-stalled",
        group: Group::Viewers,
        words: "50 to 200 WebSockets that never read",
        episode: |rng| bothered(Hostile::Stalled(rng.usize(50..=200))),
    },
    Fault {
        id: "viewers-half-heads",
        group: Group::Viewers,
        words: "100 to 600 half heads",
        episode: |rng| bothered(Hostile::HalfHeads(rng.usize(100..=600))),
    },
    Fault {
        id: "viewers-half-bodies",
        group: Group::Viewers,
        words: "100 to 600 half bodies",
        episode: |rng| bothered(Hostile::HalfBodies(rng.usize(100..=600))),
    },
    Fault {
        id: "viewers-unread",
        group: Group::Viewers,
        words: "50 to 100 clients that ask 200 times and never read",
        episode: |rng| bothered(Hostile::Unread(rng.usize(50..=100))),
    },
    Fault {
        id: "viewers-flood",
        group: Group::Viewers,
        words: "16 clients that connect, ask and leave without a pause",
        episode: |_| bothered(Hostile::Flood(16)),
    },
    Fault {
        id: "viewers-garbage",
        group: Group::Viewers,
        words: "16 clients that send garbage",
        episode: |_| bothered(Hostile::Garbage(16)),
    },
    Fault {
        id: "viewers-frames",
        group: Group::Viewers,
        words: "16 WebSockets that send random frames",
        episode: |_| bothered(Hostile::Frames(16)),
    },
    Fault {
        id: "viewers-descriptors",
        group: Group::Viewers,
        words: "300 idle connections, and 256 descriptors",
        episode: descriptors,
    },
    Fault {
        id: "viewers-all",
        group: Group::Viewers,
        words: "all of them at once",
        episode: all,
    },
];

fn bothered(kind: Hostile) -> Episode {
    Episode {
        mode: Mode::Dashboard,
        run_s: 3,
        acts: vec![(Duration::ZERO, Act::Viewers(kind))],
        exits: vec![Exit::Code(0)],
        memory_mb: 160,
        ..Episode::default()
    }
}

fn descriptors(_: &mut Rng) -> Episode {
    Episode {
        limits: vec!["--nofile=256".to_owned()],
        ..bothered(Hostile::Idle(300))
    }
}

fn all(_: &mut Rng) -> Episode {
    let kinds = [
        Hostile::Idle(100),
        Hostile::Stalled(50),
        Hostile::HalfHeads(100),
        Hostile::HalfBodies(100),
        Hostile::Unread(20),
        Hostile::Flood(8),
        Hostile::Garbage(8),
        Hostile::Frames(8),
    ];
    let act = |kind| (Duration::ZERO, Act::Viewers(kind));
    Episode {
        acts: kinds.map(act).to_vec(),
        run_s: 4,
        ..bothered(Hostile::Idle(0))
    }
}
