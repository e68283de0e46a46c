//! Typed events of a run, and the bounded log of them and of closed seconds.

pub(crate) mod details;
pub(crate) mod event;
pub(crate) mod log;
pub(crate) mod log_throttle;
