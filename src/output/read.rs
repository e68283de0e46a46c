//! Runs that lie on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::disk::{open_typed, read_at_most};
use crate::report::{CsvError, CsvFile, CsvFiles, RunFile, RunFileError, import_csv};

/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;
const RUN: &str = "_run.json";
const STATS: &str = "_stats.csv";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredRun {
    /// The prefix of its file names, without folders.
    pub(crate) prefix: String,
    /// The file that is read: the run file, if there is one.
    pub(crate) path: PathBuf,
}

/// Why a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("cannot read {path}: {error}", path = path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{path} is larger than 64 MiB: is it a run file?", path = path.display())]
    TooLong { path: PathBuf },
    #[error("{path} is not UTF-8 text", path = path.display())]
    NotText { path: PathBuf },
    #[error("no *_run.json or *_stats.csv in {path}", path = path.display())]
    Empty { path: PathBuf },
    #[error("{path} is not a run file; use a *_run.json, a *_stats.csv, or a folder of them", path = path.display())]
    NotARun { path: PathBuf },
    #[error("{path}: {error}", path = path.display())]
    RunFile {
        path: PathBuf,
        /// What is wrong with it.
        error: RunFileError,
    },
    #[error(transparent)]
    Csv(#[from] CsvError),
}

/// The runs of these files and folders, in this order; those of a folder by
/// name. Of a run with a run file and CSV files, the run file is named.
pub(crate) fn find_runs(paths: &[PathBuf]) -> Result<Vec<StoredRun>, ReadError> {
    let mut found: Vec<StoredRun> = Vec::new();
    let mut add = |run: StoredRun| {
        if !found.contains(&run) {
            found.push(run);
        }
    };
    for path in paths {
        if path.is_dir() {
            runs_of(path)?.into_iter().for_each(&mut add);
        } else {
            add(StoredRun::of(path).ok_or_else(|| ReadError::NotARun { path: path.clone() })?);
        }
    }
    Ok(found)
}

fn runs_of(folder: &Path) -> Result<Vec<StoredRun>, ReadError> {
    let unreadable = |error| ReadError::Unreadable {
        path: folder.to_owned(),
        error,
    };
    let mut runs = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Other JSON and CSV files may lie beside.
        if name.ends_with(RUN) || name.ends_with(STATS) {
            let run = StoredRun::of(&path);
            runs.extend(run.map(|run| (run.prefix.clone(), run)));
        }
    }
    if runs.is_empty() {
        return Err(ReadError::Empty {
            path: folder.to_owned(),
        });
    }
    Ok(runs.into_values().collect())
}

impl StoredRun {
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy();
        let plain = |prefix: &str, path: &Path| Self {
            prefix: prefix.to_owned(),
            path: path.to_owned(),
        };
        if let Some(prefix) = name.strip_suffix(STATS) {
            let own = path.with_file_name(format!("{prefix}{RUN}"));
            return Some(if own.is_file() {
                plain(prefix, &own)
            } else {
                plain(prefix, path)
            });
        }
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            "json" => Some(plain(name.strip_suffix(RUN).unwrap_or(stem), path)),
            "csv" => Some(plain(stem, path)),
            _ => None,
        }
    }
}

pub(crate) fn read_run(found: &StoredRun) -> Result<RunFile, ReadError> {
    let path = &found.path;
    if path.extension().is_some_and(|extension| extension == "csv") {
        return Ok(import_csv(&csv_files(found)?)?);
    }
    RunFile::from_json(&read(path)?).map_err(|error| ReadError::RunFile {
        path: path.clone(),
        error,
    })
}

fn csv_files(found: &StoredRun) -> Result<CsvFiles, ReadError> {
    let csv = |path: &Path| {
        Ok::<_, ReadError>(CsvFile {
            name: path.display().to_string(),
            text: read(path)?,
        })
    };
    let beside = |suffix: &str| {
        let path = found
            .path
            .with_file_name(format!("{}{suffix}", found.prefix));
        path.is_file().then(|| csv(&path)).transpose()
    };
    Ok(CsvFiles {
        prefix: found.prefix.clone(),
        stats: csv(&found.path)?,
        failures: beside("_failures.csv")?,
        history: beside("_stats_history.csv")?,
    })
}

fn read(path: &Path) -> Result<String, ReadError> {
    let path = path.to_owned();
    let read = open_typed(&path).and_then(|file| read_at_most(file, MAX_BYTES));
    let bytes = match read {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(ReadError::TooLong { path }),
        Err(error) => return Err(ReadError::Unreadable { path, error }),
    };
    String::from_utf8(bytes).map_err(|_| ReadError::NotText { path })
}
