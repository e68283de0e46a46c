//! Evaluates a run: criteria, findings, remarks, and what can be said before it
//! starts.

pub(crate) mod evaluation;
pub(crate) mod few_rows;
pub(crate) mod few_samples;
pub(crate) mod forecast;
pub(crate) mod run_faults;
pub(crate) mod starved_tasks;
pub(crate) mod task_steps;
