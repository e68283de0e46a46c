//! Operator edits during a run: apply, log, undo, replay.

pub(crate) mod edit_history;
pub(crate) mod steering;
pub(crate) mod user_mix;
