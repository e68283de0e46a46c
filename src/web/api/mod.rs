//! Handlers: Locust's routes, and our own under `/api/v1/`.

mod author;
mod confirm;
mod demo;
mod figures;
mod history;
mod initiator;
mod locust;
mod monitoring;
mod object;
mod report;
mod run;
mod scenario_export;
mod show;
mod suite;
mod suite_report;
mod windows;

pub(super) use demo::{leave_demo, play_demo};
pub(super) use figures::{
    change_user_class, count_workers, download_exceptions, download_failures, download_requests,
    download_response, login, show_exceptions, show_logs, show_stats, show_tasks,
};
pub(super) use history::download_history;
pub(super) use locust::{reset_stats, stop_swarm, swarm};
pub(super) use monitoring::{list_logs, show_health, show_metrics, show_openapi};
pub(super) use report::show_report;
pub(super) use run::{
    burst_run, change_run, clear_run, drain_run, edit_run, halt_run, pause_run, reset_run,
    resume_run, start_run, stop_run, undo_edit,
};
pub(super) use scenario_export::show_scenario_export;
pub(super) use show::{list_scenarios, show_dashboard, show_run, show_tables};
pub(super) use suite::{show_suite, start_suite, stop_suite};
pub(super) use suite_report::{
    show_suite_document, show_suite_json, show_suite_junit, show_suite_page,
};
pub(super) use windows::{show_heatmap, show_series, show_window};
