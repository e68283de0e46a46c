//! The program `swarmdeck`: everything is in the library.

use std::process::ExitCode;

/// Counts fewer cycles per allocation than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    swarmdeck::cli::start().into()
}
