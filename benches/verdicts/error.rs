//! Why a run could not be made.

use std::io;

/// Why a run could not be made.
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
    /// The lab does not start, or does not tell what it counted.
    #[error("the lab: {0}")]
    Lab(String),
    /// Only one core.
    #[error("two cores are needed: one for the lab, one for the generator")]
    OneCore,
    /// Nothing is called so.
    #[error("no run has {0:?} in its id: --list says which there are")]
    NoRun(String),
    /// There is no Python with Locust.
    #[error(
        "{0} has no Locust: python3 -m venv target/python && target/python/bin/pip install locust==2.47.0, or say --python PATH"
    )]
    NoLocust(String),
}

impl BenchError {
    /// For use with `map_err`.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
