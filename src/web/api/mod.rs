//! Handlers: Locust's routes, and our own under `/api/v1/`.

mod author;
mod body;
mod confirm;
mod demo;
mod initiator;
mod locust;
mod monitoring;
mod run;
mod scenarios;
mod suite;
mod suite_report;

pub(super) use demo::{leave_demo, play_demo};
pub(super) use locust::{
    change_user_class, count_workers, download_exceptions, download_failures, download_history,
    download_requests, download_response, login, reset_stats, show_exceptions, show_logs,
    show_report, show_stats, show_tasks, stop_swarm, swarm,
};
pub(super) use monitoring::{list_logs, show_health, show_metrics, show_openapi};
pub(super) use run::{
    burst_run, change_run, clear_run, drain_run, edit_run, export_scenario, halt_run, pause_run,
    reset_run, resume_run, show_heatmap, show_run, show_series, show_tables, show_window,
    start_run, stop_run, undo_edit,
};
pub(super) use scenarios::list_scenarios;
pub(super) use suite::{show_suite, start_suite, stop_suite};
pub(super) use suite_report::{
    show_suite_document, show_suite_json, show_suite_junit, show_suite_page,
};
