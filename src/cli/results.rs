//! Everything that is written once a run has ended.

use crate::cli::console::say;
use crate::cli::settings::Outputs;
use crate::locust::json;
use crate::model::Recent;
use crate::output::{CsvFiles, CsvStyle, WriteError, claim, replace};
use crate::run::Snapshot;

/// What the files need of the last seconds.
pub(super) fn recent(outputs: &Outputs) -> Recent {
    match &outputs.csv {
        Some(plan) if plan.by_name && plan.style == CsvStyle::Locust => Recent::ByName,
        _ => Recent::All,
    }
}

/// Makes sure before a run that its results can be written, and begins the
/// files that grow with it. Blocks.
///
/// # Errors
/// What stands in the way.
pub(super) fn begin(outputs: &Outputs) -> Result<Option<CsvFiles>, WriteError> {
    if let Some(path) = &outputs.json_file {
        claim(path)?;
    }
    outputs.csv.as_ref().map(CsvFiles::create).transpose()
}

/// Writes what is made of the final figures; every kind of report that is
/// written at the end is written here. Blocks.
///
/// # Errors
/// What was not written; the rest was.
pub(super) fn write(outputs: &Outputs, last: &Snapshot) -> Result<(), WriteError> {
    if outputs.json {
        say(json(last));
    }
    match &outputs.json_file {
        Some(path) => replace(path, json(last).as_bytes()),
        None => Ok(()),
    }
}
