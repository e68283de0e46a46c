//! Locust's routes.

mod change;
mod history;
mod read;
mod report;

pub(in crate::web) use change::{reset_stats, stop_swarm, swarm};
pub(in crate::web) use history::download_history;
pub(in crate::web) use read::{
    change_user_class, count_workers, download_exceptions, download_failures, download_requests,
    download_response, login, show_exceptions, show_logs, show_stats, show_tasks,
};
pub(in crate::web) use report::{ReportParams, render_page, show_report};
