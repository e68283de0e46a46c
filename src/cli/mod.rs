//! The command line: the only layer that prints and reads the environment.

mod args;
mod check;
mod console;
mod dashboard;
mod demo;
mod exit;
mod library;
mod sources;
mod start;
mod target;
mod try_;
mod waterfall;

pub use exit::Exit;
pub use start::start;
