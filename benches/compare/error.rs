//! Why something could not be measured.

use std::io;

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A program that is needed is not there.
    #[error("{program} is not installed: {remedy}")]
    Missing {
        /// Its name.
        program: &'static str,
        /// How it is installed.
        remedy: &'static str,
    },
    /// A program cannot be started, or a file not be written.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system says.
        source: io::Error,
    },
    /// A program ended with a failure, or too soon.
    #[error("{program} failed: {words}")]
    Failed {
        /// Its name.
        program: &'static str,
        /// What it said.
        words: String,
    },
    /// It does not say what it did, or not in the words that are known.
    #[error(
        "the output of {program} has no {what}; is its version another than expected?\n{output}"
    )]
    Unreadable {
        /// Its name.
        program: &'static str,
        /// What was looked for.
        what: &'static str,
        /// What it said.
        output: String,
    },
    /// Not every request was answered as it should be.
    #[error("{program}: not every request succeeded: {words}; the figures would say nothing")]
    Unsound {
        /// Its name.
        program: &'static str,
        /// What it said.
        words: String,
    },
    /// The dashboard does not answer as expected.
    #[error("the dashboard of swarmdeck: {0}")]
    Dashboard(String),
    /// There is no such row.
    #[error("there is no row {0:?}: --list says which there are")]
    NoRow(String),
    /// The scenario of a row is not one.
    #[error("a scenario of this program has a mistake: {0}")]
    Scenario(String),
}

impl BenchError {
    /// For use with `map_err`.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
