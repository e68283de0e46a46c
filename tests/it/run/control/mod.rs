//! What an operator does to a run.

mod edits;
mod pause;
mod replay;
mod start_and_stop;
