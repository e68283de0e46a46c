//! The program `swarmdeck`.

/// Counts fewer cycles per allocation than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {}
