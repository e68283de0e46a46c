//! Finds scenario files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scenario::{Environment, Source, SourceError, builtin};

/// Where scenarios are looked for when no file is named.
const FOLDER: &str = "scenarios";
/// Why there are no scenarios.
#[derive(Debug, thiserror::Error)]
pub(super) enum FindError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the folder {path} holds no .yaml, .yml or .json file", path = path.display())]
    Empty { path: PathBuf },
}

/// The scenarios of these files and folders; without any, those of
/// `./scenarios` if it holds some, else the ones built into the program.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Source>, FindError> {
    if paths.is_empty() {
        let folder = Path::new(FOLDER);
        return match read_folder(folder) {
            Ok(sources) => Ok(sources),
            Err(FindError::Empty { .. }) => Ok(builtin().to_vec()),
            Err(_) if !folder.is_dir() => Ok(builtin().to_vec()),
            Err(error) => Err(error),
        };
    }
    let mut sources = Vec::new();
    for path in paths {
        if path.is_dir() {
            sources.extend(read_folder(path)?);
        } else {
            sources.push(Source::read(path)?);
        }
    }
    Ok(sources)
}

/// The environment, for `{{ env.NAME }}`.
pub(super) fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn read_folder(folder: &Path) -> Result<Vec<Source>, FindError> {
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
        return Err(FindError::Empty {
            path: folder.to_owned(),
        });
    }
    let sources: Result<_, _> = paths.iter().map(|path| Source::read(path)).collect();
    Ok(sources?)
}
