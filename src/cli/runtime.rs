//! The runtime of the control plane.

use std::io;
use std::time::Duration;

use tokio::runtime::Builder;

use crate::cli::exit::Exit;
use crate::cli::terminal::console::complain;

/// Work that blocks gets a thread from the runtime, which panics if it has none
/// and the system gives none. So the first one is there from the start, and
/// threads are kept: where no further one can be had, work waits for them.
const KEPT: Duration = Duration::from_secs(365 * 86_400);
/// The most work that blocks at the same time; further work waits.
const THREADS: usize = 64;

/// Runs to the end on a runtime of this thread. If there is none, that has been
/// reported.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Exit> {
    let runtime = has_thread().and_then(|()| {
        let mut builder = Builder::new_current_thread();
        builder
            .thread_keep_alive(KEPT)
            .max_blocking_threads(THREADS);
        builder.enable_all().build()
    });
    let runtime = runtime.map_err(|error| {
        complain(format!("cannot start: {error}"));
        Exit::Fault
    })?;
    let first = runtime.spawn_blocking(|| ());
    let done = runtime.block_on(async {
        // It has nothing to say.
        let _ = first.await;
        work.await
    });
    // A disk, a name server or a keyboard that never answers must not hold
    // the end up.
    runtime.shutdown_background();
    Ok(done)
}

/// Checks that a thread can be created.
fn has_thread() -> io::Result<()> {
    let thread = std::thread::Builder::new().spawn(|| ())?;
    // Nothing in it can panic.
    let _ = thread.join();
    Ok(())
}
