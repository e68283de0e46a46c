//! Where programs run: the lab on core 0, the generator on core 1, or on all.

use std::io;

/// A part of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cores {
    /// The lab's core, which this program uses as well.
    Lab,
    /// The generator's.
    Generator,
    /// All that there are.
    All,
}

/// How many there are for this process.
pub(crate) fn count() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Keeps this thread, and what it starts from now on, there. `all` is how many
/// cores there are.
#[cfg(target_os = "linux")]
pub(crate) fn stay_on(cores: Cores, all: usize) -> io::Result<()> {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    let chosen = match cores {
        Cores::Lab => 0..1,
        Cores::Generator => 1..2,
        Cores::All => 0..all,
    };
    chosen.for_each(|core| set.set(core));
    Ok(sched_setaffinity(None, &set)?)
}

/// Only Linux lets a program say where it runs.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stay_on(_cores: Cores, _all: usize) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Starts something there: it inherits where this thread may run. Afterwards this
/// thread is on the lab's core again.
pub(crate) fn start_on<C>(
    cores: Cores,
    all: usize,
    start: impl FnOnce() -> io::Result<C>,
) -> io::Result<C> {
    stay_on(cores, all)?;
    let started = start();
    stay_on(Cores::Lab, all)?;
    started
}
