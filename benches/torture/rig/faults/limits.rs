//! Limits of the system.

use fastrand::Rng;

use super::super::episode::{ANY_VERDICT, Episode, Exit, Mode};
use super::{Fault, Group};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "descriptors",
        group: Group::Limits,
        words: "10 to 100 descriptors for 200 users",
        episode: |rng| limited(format!("--nofile={}", rng.u32(10..=100))),
    },
    Fault {
        id: "descriptors-dashboard",
        group: Group::Limits,
        words: "40 to 100 descriptors for 200 users and a dashboard",
        episode: descriptors_dashboard,
    },
    Fault {
        id: "address-space",
        group: Group::Limits,
        words: "56 to 500 MB of address space",
        episode: |rng| of_memory(format!("--as={}", rng.u64(56..=500) << 20)),
    },
    Fault {
        id: "data",
        group: Group::Limits,
        words: "10 to 60 MB of data (`ulimit -d`)",
        episode: |rng| of_memory(format!("--data={}", rng.u64(10..=60) << 20)),
    },
];

const ABORTED: i32 = 6;

/// Users that ask without a pause.
const BUSY: &str = "load: {users: 200, spawn_rate: 1000}
user_classes: {Busy: {wait: 50ms, tasks: {ask: [{get: /api/v1/health/}]}}}
";

fn limited(limit: String) -> Episode {
    Episode {
        scenario: BUSY.to_owned(),
        run_s: 3,
        limits: vec![limit],
        exits: [&ANY_VERDICT[..], &[Exit::Code(2)]].concat(),
        ..Episode::default()
    }
}

/// The program may not get the threads that it needs, and an allocation that
/// fails ends it.
fn of_memory(limit: String) -> Episode {
    let limited = limited(limit);
    Episode {
        exits: [&limited.exits[..], &[Exit::Code(4), Exit::Signal(ABORTED)]].concat(),
        ..limited
    }
}

fn descriptors_dashboard(rng: &mut Rng) -> Episode {
    Episode {
        mode: Mode::Dashboard,
        exits: vec![Exit::Code(0), Exit::Code(2)],
        ..limited(format!("--nofile={}", rng.u32(40..=100)))
    }
}
