//! Reports for programs.

use serde::Serialize;

use crate::report::{RunFile, RunFileError, worst};
use crate::verdict::Verdict;

/// The version of the shape.
const SCHEMA: u32 = 2;

#[derive(Serialize)]
struct Report<'a> {
    swarmdeck_report: u32,
    /// The weightiest verdict; `null` where no run is judged.
    verdict: Option<Verdict>,
    runs: &'a [RunFile],
}

/// All runs, as their files have them, below the weightiest verdict.
///
/// # Errors
/// None that is known: everything in it has a shape in JSON.
pub fn json(runs: &[RunFile]) -> Result<String, RunFileError> {
    let mut text = serde_json::to_string_pretty(&Report {
        swarmdeck_report: SCHEMA,
        verdict: worst(runs),
        runs,
    })?;
    text.push('\n');
    Ok(text)
}
