//! Finds scenario files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scenario::{Environment, Source, builtin};

/// Where scenarios are looked for when no file is named.
const FOLDER: &str = "scenarios";
/// A scenario file longer than this is something else.
const FILE_BYTES: u64 = 1024 * 1024;

/// Why a scenario file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    #[error("{path} is a Python file. Swarmdeck reads scenarios written in YAML, no programming language: `docs/scenarios.md` teaches them in ten minutes, and scenarios/ holds examples", path = path.display())]
    Python { path: PathBuf },
    #[error("{path} cannot be read: {error}", path = path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{path} is longer than 1 MiB: is it a scenario?", path = path.display())]
    TooLong { path: PathBuf },
    #[error("{path} is not text in UTF-8", path = path.display())]
    NotText { path: PathBuf },
    #[error("the folder {path} holds no .yaml, .yml or .json file", path = path.display())]
    Empty { path: PathBuf },
}

/// The scenarios of these files and folders; without any, those of
/// `./scenarios` if it holds some, else the ones built into the program.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Source>, SourceError> {
    if paths.is_empty() {
        let folder = Path::new(FOLDER);
        return match read_folder(folder) {
            Ok(sources) => Ok(sources),
            Err(SourceError::Empty { .. }) => Ok(builtin().to_vec()),
            Err(_) if !folder.is_dir() => Ok(builtin().to_vec()),
            Err(error) => Err(error),
        };
    }
    let mut sources = Vec::new();
    for path in paths {
        if path.is_dir() {
            sources.extend(read_folder(path)?);
        } else {
            sources.push(read(path)?);
        }
    }
    Ok(sources)
}

/// One scenario file.
pub(super) fn read(path: &Path) -> Result<Source, SourceError> {
    if path.extension().is_some_and(|extension| extension == "py") {
        return Err(SourceError::Python {
            path: path.to_owned(),
        });
    }
    let unreadable = |error| SourceError::Unreadable {
        path: path.to_owned(),
        error,
    };
    if fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES {
        return Err(SourceError::TooLong {
            path: path.to_owned(),
        });
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| SourceError::NotText {
        path: path.to_owned(),
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(Source::new(path.display().to_string(), text).in_folder(folder))
}

/// The environment, for `{{ env.NAME }}`.
pub(super) fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn read_folder(folder: &Path) -> Result<Vec<Source>, SourceError> {
    let unreadable = |error| SourceError::Unreadable {
        path: folder.to_owned(),
        error,
    };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("yaml" | "yml" | "json")) {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(SourceError::Empty {
            path: folder.to_owned(),
        });
    }
    paths.iter().map(|path| read(path)).collect()
}
