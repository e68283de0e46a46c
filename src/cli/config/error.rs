use std::path::PathBuf;

use crate::cli::config::setting::{LineError, Place};
use crate::cli::config::settings::SettingsError;
use crate::cli::config::unsupported::Unsupported;

/// Why the options say nothing that can be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// The command line itself; or a request for help, which is an answer.
    #[error("{0}")]
    Typed(#[from] clap::Error),
    #[error("{}", .0.sentence())]
    Refused(&'static Unsupported),
    #[error("cannot read {path}: {error}", path = path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{path} is larger than 1 MiB or not UTF-8 text: is it a configuration file?", path = path.display())]
    NoText { path: PathBuf },
    #[error("{path}:{line}: {message}", path = path.display())]
    Line {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error("{place}: unknown option `{key}`{help}")]
    Unknown {
        place: Place,
        key: String,
        /// Empty, or begins with a separator.
        help: String,
    },
    #[error("{place}: {message}")]
    Value { place: Place, message: String },
    #[error(transparent)]
    Together(#[from] SettingsError),
}

impl InputError {
    pub(super) fn line(path: PathBuf, error: LineError) -> Self {
        Self::Line {
            path,
            line: error.number,
            message: error.message,
        }
    }

    pub(super) fn value(place: &Place, message: impl Into<String>) -> Self {
        Self::Value {
            place: place.clone(),
            message: message.into(),
        }
    }
}
