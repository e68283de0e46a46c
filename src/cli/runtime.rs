//! The runtime of the control plane.

use tokio::runtime::Builder;

use crate::cli::console::complain;
use crate::cli::exit::Exit;

/// Runs to the end on a runtime of this thread.
///
/// # Errors
/// The system gives none; that has been said.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Exit> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        complain(format!("the program cannot start: {error}"));
        Exit::Fault
    })?;
    let done = runtime.block_on(work);
    // A disk, a name server or a keyboard that never answers must not hold
    // the end up.
    runtime.shutdown_background();
    Ok(done)
}
