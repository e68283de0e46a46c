//! What an operator does to a run.

mod edits;
mod pause;
mod start_and_stop;
