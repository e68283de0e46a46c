//! Clients that bother the dashboard during a run.

use std::time::Duration;

use fastrand::Rng;

use super::super::episode::{Episode, Exit, FaultAction, Mode};
use super::super::viewers::ViewerAbuse;
use super::{Fault, Group};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "viewers-idle",
        group: Group::Viewers,
        words: "100 to 600 connections that say nothing",
        episode: |rng| bothered(ViewerAbuse::Idle(rng.usize(100..=600))),
    },
    Fault {
        id: "viewers-stalled",
        group: Group::Viewers,
        words: "50 to 200 WebSockets that never read",
        episode: |rng| bothered(ViewerAbuse::Stalled(rng.usize(50..=200))),
    },
    Fault {
        id: "viewers-half-heads",
        group: Group::Viewers,
        words: "100 to 600 half heads",
        episode: |rng| bothered(ViewerAbuse::HalfHeads(rng.usize(100..=600))),
    },
    Fault {
        id: "viewers-half-bodies",
        group: Group::Viewers,
        words: "100 to 600 half bodies",
        episode: |rng| bothered(ViewerAbuse::HalfBodies(rng.usize(100..=600))),
    },
    Fault {
        id: "viewers-unread",
        group: Group::Viewers,
        words: "50 to 100 clients that ask 200 times and never read",
        episode: |rng| bothered(ViewerAbuse::Unread(rng.usize(50..=100))),
    },
    Fault {
        id: "viewers-flood",
        group: Group::Viewers,
        words: "16 clients that connect, ask and leave without a pause",
        episode: |_| bothered(ViewerAbuse::Flood(16)),
    },
    Fault {
        id: "viewers-garbage",
        group: Group::Viewers,
        words: "16 clients that send garbage",
        episode: |_| bothered(ViewerAbuse::Garbage(16)),
    },
    Fault {
        id: "viewers-frames",
        group: Group::Viewers,
        words: "16 WebSockets that send random frames",
        episode: |_| bothered(ViewerAbuse::Frames(16)),
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

fn bothered(kind: ViewerAbuse) -> Episode {
    Episode {
        mode: Mode::Dashboard,
        run_s: 3,
        actions: vec![(Duration::ZERO, FaultAction::Viewers(kind))],
        exits: vec![Exit::Code(0)],
        memory_mb: 160,
        ..Episode::default()
    }
}

fn descriptors(_: &mut Rng) -> Episode {
    Episode {
        limits: vec!["--nofile=256".to_owned()],
        ..bothered(ViewerAbuse::Idle(300))
    }
}

fn all(_: &mut Rng) -> Episode {
    let kinds = [
        ViewerAbuse::Idle(100),
        ViewerAbuse::Stalled(50),
        ViewerAbuse::HalfHeads(100),
        ViewerAbuse::HalfBodies(100),
        ViewerAbuse::Unread(20),
        ViewerAbuse::Flood(8),
        ViewerAbuse::Garbage(8),
        ViewerAbuse::Frames(8),
    ];
    let act = |kind| (Duration::ZERO, FaultAction::Viewers(kind));
    Episode {
        actions: kinds.map(act).to_vec(),
        run_s: 4,
        ..bothered(ViewerAbuse::Idle(0))
    }
}
