//! A run and everything that accompanies it: reports, files, exit codes.

pub(crate) mod autostart;
pub(crate) mod headless_run;
pub(crate) mod reporter_task;
pub(crate) mod results;
pub(crate) mod run_reporter;
