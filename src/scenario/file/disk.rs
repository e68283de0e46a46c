//! Scenario files on disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{open_regular, open_typed, read_at_most};
use crate::scenario::yaml::parser::MAX_BYTES;
use crate::scenario::yaml::source::Source;

/// Why a scenario file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It is a script of Locust.
    #[error("{path} is a Python file. Swarmdeck scenarios are YAML: see docs/scenarios.md (ten minutes) and the examples in scenarios/", path = path.display())]
    Python {
        /// The file.
        path: PathBuf,
    },
    /// The system does not give it.
    #[error("cannot read {path}: {error}", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// It is too long for a scenario.
    #[error("{path} is larger than 1 MiB: is it a scenario?", path = path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// It is no text.
    #[error("{path} is not UTF-8 text", path = path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
}

impl Source {
    /// Reads a scenario file, or what a shell hands over as `<(...)`. Blocks; reads
    /// no more than the limit.
    ///
    /// # Errors
    /// When it is no scenario or cannot be read.
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        Self::read_with(path, open_typed)
    }

    /// Reads a file that another one names, which is a regular one. Blocks.
    pub(super) fn read_named(path: &Path) -> Result<Self, SourceError> {
        Self::read_with(path, open_regular)
    }

    fn read_with(path: &Path, open: fn(&Path) -> io::Result<File>) -> Result<Self, SourceError> {
        let path = path.to_owned();
        if path.extension().is_some_and(|extension| extension == "py") {
            return Err(SourceError::Python { path });
        }
        let read = open(&path).and_then(|file| read_at_most(file, MAX_BYTES as u64));
        let bytes = match read {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(SourceError::TooLong { path }),
            Err(error) => return Err(SourceError::Unreadable { path, error }),
        };
        let Ok(text) = String::from_utf8(bytes) else {
            return Err(SourceError::NotText { path });
        };
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self::new(path.display().to_string(), text).in_folder(folder))
    }
}
