//! Why a run could not be made.

use std::io;

/// Why a run could not be made. It says nothing about the program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A program cannot be started, or a file not be written.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system says.
        source: io::Error,
    },
    /// This machine does not have what such a run needs.
    #[error("left out: {0}")]
    Lacks(&'static str),
    /// A part of the set-up did not do what it has to.
    #[error("{0}")]
    SetUp(String),
}

impl BenchError {
    /// For use with `map_err`.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
