//! Handlers: Locust's routes, and our own under `/api/v1/`.

mod locust;
mod run;
mod show;

pub(super) use locust::{reset_stats, show_stats, stop_swarm, swarm};
pub(super) use run::{clear_run, edit_run, reset_run, start_run, stop_run};
pub(super) use show::{list_scenarios, show_run, show_tables};
