//! The bounded log of closed seconds and events.

pub(crate) mod log;
pub(crate) mod log_throttle;
