//! The commands, one per file.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dashboard;
pub(crate) mod demo;
pub(crate) mod discovery;
pub(crate) mod dispatch;
pub(crate) mod headless;
pub(crate) mod listing;
pub(crate) mod report;
pub(crate) mod scenario_environment;
pub(crate) mod startup;
pub(crate) mod suite;
pub(crate) mod target;
pub(crate) mod try_;
