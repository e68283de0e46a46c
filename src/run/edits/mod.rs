//! Operator edits while a run goes on: apply, log, undo, replay.

pub(crate) mod behaviour;
pub(crate) mod burst;
pub(crate) mod edit_history;
pub(crate) mod load_edit;
pub(crate) mod user_mix;
