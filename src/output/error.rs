use std::path::PathBuf;

use crate::model::plural;
use crate::output::WriteError;

/// Why files do not hold what they should.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The system refused one.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What was to be appended has grown beyond what is kept.
    #[error("{path} is missing {lines} that could not be written in time", path = path.display(), lines = plural(*lines, "line", "lines"))]
    Lost {
        /// Which file.
        path: PathBuf,
        /// How many lines.
        lines: u64,
    },
    /// The disk has not answered for so long that it is not waited for.
    #[error("files not written within {seconds} s: they may be incomplete (is the disk slow?)")]
    Stuck {
        /// How long that was.
        seconds: u64,
    },
}
