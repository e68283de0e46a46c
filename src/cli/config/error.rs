use std::path::PathBuf;

use crate::cli::config::setting::SettingPlace;
use crate::cli::config::settings::SettingsError;
use crate::cli::config::unsupported::{Unsupported, sentence};

/// Why options are refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("{0}")]
    Typed(#[from] clap::Error),
    #[error("{}", sentence(.0))]
    Refused(&'static Unsupported),
    #[error("cannot read {path}: {error}", path = path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{path} is larger than 1 MiB or not UTF-8 text: is it a configuration file?", path = path.display())]
    NoText { path: PathBuf },
    #[error("{place}: unknown option `{key}`{help}")]
    Unknown {
        place: SettingPlace,
        key: String,
        /// Empty, or starts with a separator.
        help: String,
    },
    #[error("{place}: {message}")]
    Value {
        place: SettingPlace,
        message: String,
    },
    #[error(transparent)]
    Together(#[from] SettingsError),
}
