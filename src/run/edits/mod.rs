//! Operator edits while a run goes on: apply, log, undo, replay.

pub(crate) mod edit_history;
pub(crate) mod steering;
pub(crate) mod user_mix;
