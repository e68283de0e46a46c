//! Output on a terminal.

pub(crate) mod console;
pub(crate) mod failure_samples;
pub(crate) mod json_lines;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod multipart;
pub(crate) mod narrator;
pub(crate) mod probes;
pub(crate) mod progress;
pub(crate) mod run_output;
pub(crate) mod summary;
pub(crate) mod time_kinds;
pub(crate) mod waterfall;
