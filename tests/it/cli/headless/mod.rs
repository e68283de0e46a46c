//! Runs without the dashboard.

mod ends;
mod failure_samples;
mod files;
mod limit;
mod response_times;
mod stalled;
mod verdicts;
