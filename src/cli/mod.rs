//! The command line: the only layer that prints and reads the environment.

mod commands;
mod config;
mod exit;
mod run;
mod runtime;
mod signals;
mod terminal;

pub use commands::dispatch::start;
pub use exit::Exit;
