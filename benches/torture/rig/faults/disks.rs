//! Disks that do not take what is written.

use fastrand::Rng;

use super::super::disk::Disk;
use super::super::episode::{ANY_VERDICT, Episode, Exit, FaultAction};
use super::{Fault, Group, moment};

/// A bad option, file or port, before anything was sent.
const REFUSED: Exit = Exit::Code(2);
/// All is well but that output is lost.
const LOST: Exit = Exit::Code(5);

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "disk-full",
        group: Group::Disks,
        words: "a disk of 8 to 400 KiB",
        episode: |rng| on(Disk::Small(rng.u32(2..=100) * 4)),
    },
    Fault {
        id: "disk-full-for-a-while",
        group: Group::Disks,
        words: "a disk that is full for two seconds",
        episode: |_| on(Disk::FullForAWhile),
    },
    Fault {
        id: "disk-read-only",
        group: Group::Disks,
        words: "a disk that becomes read-only",
        episode: |_| on(Disk::ReadOnly),
    },
    Fault {
        id: "disk-always-read-only",
        group: Group::Disks,
        words: "a disk that is read-only from the beginning",
        episode: |_| Episode {
            exits: vec![REFUSED],
            ..on(Disk::AlwaysReadOnly)
        },
    },
    Fault {
        id: "folder-removed",
        group: Group::Disks,
        words: "the folder of the results is removed",
        episode: folder_removed,
    },
    Fault {
        id: "file-size",
        group: Group::Disks,
        words: "files may have 1 to 40 KB (`ulimit -f`)",
        episode: file_size,
    },
    Fault {
        id: "stdout-full",
        group: Group::Disks,
        words: "standard output is `/dev/full`",
        episode: |_| on(Disk::FullOutput),
    },
    Fault {
        id: "stderr-full",
        group: Group::Disks,
        words: "standard error is `/dev/full`",
        episode: |_| on(Disk::FullErrors),
    },
];

fn on(disk: Disk) -> Episode {
    Episode {
        run_s: 4,
        disk,
        exits: [&ANY_VERDICT[..], &[REFUSED, LOST]].concat(),
        ..Episode::default()
    }
}

fn folder_removed(rng: &mut Rng) -> Episode {
    Episode {
        actions: vec![(moment(rng, 0, 2_500), FaultAction::RemoveFolder)],
        ..on(Disk::Sound)
    }
}

fn file_size(rng: &mut Rng) -> Episode {
    let bytes = rng.u32(1_000..=40_000);
    Episode {
        limits: vec![format!("--fsize={bytes}")],
        ..on(Disk::Sound)
    }
}
