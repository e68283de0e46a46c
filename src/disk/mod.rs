//! Files that are read, wherever their names come from: regular files only,
//! opened without waiting, and read up to a limit.

mod read;

pub use read::{open_regular, open_typed, read_at_most, read_certificates, read_regular};
