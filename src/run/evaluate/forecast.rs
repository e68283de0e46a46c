//! Remarks on a run before it starts.

use crate::model::RunSpec;
use crate::program::Program;
use crate::run::evaluate::few_rows::few_rows;
use crate::run::evaluate::few_samples::few_samples;
use crate::run::evaluate::starved_tasks::starved_tasks;

/// Remarks on a run before it starts, a sentence each: percentiles
/// without enough samples, data with too few rows, tasks that new users cannot do.
#[must_use]
pub fn forecast(spec: &RunSpec, program: &Program) -> Vec<String> {
    let mut remarks = few_samples(spec, program);
    remarks.extend(few_rows(spec, program));
    remarks.extend(starved_tasks(spec, program));
    remarks
}
