//! What this machine lets a program do: which core it runs on, how many files
//! it opens.

use std::io;

/// A core of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Core {
    /// Where the target runs, and whoever looks at a dashboard: core 0.
    Target,
    /// Where generators run: core 1.
    Generator,
}

/// Keeps this thread, and what it starts from now on, on one core.
#[cfg(target_os = "linux")]
pub(crate) fn stay_on(core: Core) -> io::Result<()> {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut cores = CpuSet::new();
    cores.set(match core {
        Core::Target => 0,
        Core::Generator => 1,
    });
    Ok(sched_setaffinity(None, &cores)?)
}

/// Only Linux lets a program say where it runs.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stay_on(_core: Core) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Starts a program or a thread on one core: it inherits where this thread may
/// run. Afterwards this thread is on the target's core again.
pub(crate) fn on_core<C>(core: Core, start: impl FnOnce() -> io::Result<C>) -> io::Result<C> {
    stay_on(core)?;
    let started = start();
    stay_on(Core::Target)?;
    started
}

/// Lets this process and those it starts open as many files as they may.
pub(crate) fn raise_descriptor_limit() -> Option<u64> {
    swarmdeck::probes::host::raise_descriptor_limit()
}
