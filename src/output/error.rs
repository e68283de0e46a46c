use std::path::PathBuf;

use crate::model::plural;
use crate::output::WriteError;

/// Why files do not hold what they should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{path} is missing {lines} that could not be written in time", path = path.display(), lines = plural(*lines, "line", "lines"))]
    Lost { path: PathBuf, lines: u64 },
    #[error("files not written within {seconds} s: they may be incomplete (is the disk slow?)")]
    Stuck { seconds: u64 },
}
