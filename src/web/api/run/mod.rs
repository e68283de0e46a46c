//! The run: `/api/v1/run` and below.

mod control;
mod edit;
mod read;
mod scenario_export;
mod start;
mod window;

pub(in crate::web) use control::{
    clear_run, drain_run, halt_run, pause_run, reset_run, resume_run, stop_run,
};
pub(in crate::web) use edit::{burst_run, change_run, edit_run, undo_edit};
pub(in crate::web) use read::{show_run, show_tables};
pub(in crate::web) use scenario_export::export_scenario;
pub(in crate::web) use start::start_run;
pub(in crate::web) use window::{show_heatmap, show_series, show_window};
