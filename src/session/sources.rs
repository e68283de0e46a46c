//! Finds scenario files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scenario::SourceError;

/// The folder of scenarios when no file is named.
const FOLDER: &str = "scenarios";

/// Why there are no scenarios.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{path} is a URL; scenarios must be files or folders. Download it first: `curl -o x.yaml {path}`", path = path.display())]
    Remote { path: PathBuf },
    #[error("no .yaml, .yml or .json file in {path}", path = path.display())]
    Empty { path: PathBuf },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScenarioFiles {
    Files(Vec<PathBuf>),
    Builtin,
}

/// The scenarios of these files and folders; without any, those of
/// `./scenarios` if it holds some, else the ones built into the program.
/// Files that are named need not be there.
pub(crate) fn find_scenarios(paths: &[PathBuf]) -> Result<ScenarioFiles, FindError> {
    if paths.is_empty() {
        let folder = Path::new(FOLDER);
        return match files_of(folder) {
            Ok(files) => Ok(ScenarioFiles::Files(files)),
            Err(FindError::Empty { .. }) => Ok(ScenarioFiles::Builtin),
            Err(_) if !folder.is_dir() => Ok(ScenarioFiles::Builtin),
            Err(error) => Err(error),
        };
    }
    let mut files = Vec::new();
    for path in paths {
        if is_address(path) {
            return Err(FindError::Remote { path: path.clone() });
        }
        files.extend(files_at(path)?);
    }
    Ok(ScenarioFiles::Files(files))
}

/// The files that a path stands for: those of a folder, or itself.
pub(crate) fn files_at(path: &Path) -> Result<Vec<PathBuf>, FindError> {
    if path.is_dir() {
        files_of(path)
    } else {
        Ok(vec![path.to_owned()])
    }
}

/// Locust loads from these, too.
fn is_address(path: &Path) -> bool {
    let text = path.to_string_lossy();
    ["http://", "https://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

/// The files of a folder that have a scenario's extension, by name. Reading
/// them comes later.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, FindError> {
    let unreadable = |error| SourceError::Unreadable {
        path: folder.to_owned(),
        error,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        // Editors and systems keep files of their own under hidden names.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') && matches!(extension, Some("yaml" | "yml" | "json")) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(FindError::Empty {
            path: folder.to_owned(),
        });
    }
    Ok(files)
}
