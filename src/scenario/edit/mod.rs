//! Changes to the text of a scenario: values from the command line, and edits
//! of a run saved as a file.

pub(crate) mod overrides;
pub(crate) mod scenario_export;
