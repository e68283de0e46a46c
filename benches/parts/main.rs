//! `cargo bench --bench parts`: what each part of a request costs, and the
//! floor: what it costs a bare loop to send one.
//!
//! The parts of the program (`pick`, `render`, `judge`, `record`) are timed by
//! the wall clock. Where sockets are in play, the processor time of the thread
//! that sends is given instead: user and system time, whatever the target does
//! meanwhile. The target has core 0 to itself then, what sends core 1.

#[path = "../floor/mod.rs"]
mod floor;
#[path = "../machine/mod.rs"]
mod machine;
mod program;
mod records;
mod shard;
mod sockets;
#[path = "../swarm/mod.rs"]
mod swarm;
mod target;
#[path = "../traffic/mod.rs"]
mod traffic;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    parts,
    program::bench,
    records::bench,
    sockets::bench,
    shard::bench
);
criterion_main!(parts);
