//! The scenario files of a dashboard, followed as they change on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::model::within_line;
use crate::run::Level;
use crate::scenario::{Changes, Environment, Reading, Source, SourceError, builtin, read};
use crate::session::catalog::Catalog;
use crate::session::sources::{FindError, ScenarioFiles, find_scenarios};
use crate::session::state::Session;

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// A file that has changed may still be written on for a moment.
const SETTLE: Duration = Duration::from_millis(50);

/// The files on offer and what was last read of them. Files that change are
/// read again; files that come and go are noticed.
#[derive(Debug)]
pub(crate) struct WatchedFiles {
    /// Files and folders the user named.
    paths: Vec<PathBuf>,
    environment: Environment,
    changes: Changes,
    found: ScenarioFiles,
    shelf: BTreeMap<PathBuf, Shelved>,
}

/// A file that was read.
#[derive(Debug)]
struct Shelved {
    reading: Arc<Reading>,
    /// Everything that was read for it, as it was just before.
    files: Vec<(PathBuf, Option<Stamp>)>,
}

/// When a file was written last, and how long it is.
type Stamp = (SystemTime, u64);

impl WatchedFiles {
    /// Reads the scenarios that [`find_scenarios`] finds. An unreadable file of
    /// a folder becomes an entry with that error.
    pub(crate) fn open(
        paths: Vec<PathBuf>,
        environment: Environment,
        changes: Changes,
    ) -> Result<Self, FindError> {
        let found = find_scenarios(&paths)?;
        let mut watched = Self {
            paths,
            environment,
            changes,
            found,
            shelf: BTreeMap::new(),
        };
        for path in watched.files() {
            let shelved = match watched.take_in(&path) {
                (_, Err(error)) if watched.paths.contains(&path) => return Err(error.into()),
                (shelved, _) => shelved,
            };
            watched.shelf.insert(path, shelved);
        }
        Ok(watched)
    }

    /// The built-in scenarios.
    pub(crate) fn builtin(environment: Environment, changes: Changes) -> Self {
        Self {
            paths: Vec::new(),
            environment,
            changes,
            found: ScenarioFiles::Builtin,
            shelf: BTreeMap::new(),
        }
    }

    /// All scenarios, by their names.
    pub(crate) fn readings(&self) -> Vec<(String, Arc<Reading>)> {
        let files = match &self.found {
            ScenarioFiles::Builtin => {
                let sources = builtin().iter().map(|source| {
                    let reading = read(source, &self.environment, &self.changes);
                    (source.file.clone(), Arc::new(reading))
                });
                return sources.collect();
            }
            ScenarioFiles::Files(files) => files,
        };
        let shelved = files.iter().filter_map(|path| {
            let shelved = self.shelf.get(path)?;
            Some((path.display().to_string(), Arc::clone(&shelved.reading)))
        });
        shelved.collect()
    }

    /// The available scenarios: those with a selected user class.
    pub(crate) fn catalog(&self) -> Catalog {
        let mut readings = self.readings();
        readings.retain(|(_, reading)| self.offers(reading));
        Catalog::of(readings)
    }

    /// Whether a scenario has a user class that is selected.
    fn offers(&self, reading: &Reading) -> bool {
        let selection = &self.changes.selection;
        selection.classes.is_empty()
            || reading
                .classes
                .iter()
                .any(|class| selection.has_class(class))
    }

    /// Whether a file has changed since it was read. Blocks for a look at each
    /// file.
    fn is_stale(&self) -> bool {
        self.look() != self.found || self.shelf.values().any(|shelved| !shelved.is_fresh())
    }

    /// Reads what has changed and gives it. A file that cannot be read stays
    /// on offer, with the reason as its mistake. Blocks while it reads.
    fn refresh(&mut self) -> Vec<(PathBuf, Arc<Reading>)> {
        self.found = self.look();
        let files = self.files();
        self.shelf.retain(|path, _| files.contains(path));
        let mut anew = Vec::new();
        for path in files {
            if self.shelf.get(&path).is_some_and(Shelved::is_fresh) {
                continue;
            }
            let (shelved, _) = self.take_in(&path);
            anew.push((path.clone(), Arc::clone(&shelved.reading)));
            self.shelf.insert(path, shelved);
        }
        anew
    }

    /// The files there are now; none where a folder is gone or empty.
    fn look(&self) -> ScenarioFiles {
        find_scenarios(&self.paths).unwrap_or(ScenarioFiles::Files(Vec::new()))
    }

    fn files(&self) -> Vec<PathBuf> {
        match &self.found {
            ScenarioFiles::Files(files) => files.clone(),
            ScenarioFiles::Builtin => Vec::new(),
        }
    }

    /// Reads a file; what cannot be read has the reason as its mistake.
    fn take_in(&self, path: &Path) -> (Shelved, Result<(), SourceError>) {
        let stamp = stamp(path);
        match Source::read(path) {
            Ok(source) => (self.shelve(path, stamp, &source), Ok(())),
            Err(error) => {
                let shelved = Shelved {
                    reading: Arc::new(Reading::unreadable(path.display().to_string(), &error)),
                    files: vec![(path.to_owned(), stamp)],
                };
                (shelved, Err(error))
            }
        }
    }

    fn shelve(&self, path: &Path, own: Option<Stamp>, source: &Source) -> Shelved {
        let reading = read(source, &self.environment, &self.changes);
        let others = reading.files.iter().map(|path| (path.clone(), stamp(path)));
        Shelved {
            files: std::iter::once((path.to_owned(), own))
                .chain(others)
                .collect(),
            reading: Arc::new(reading),
        }
    }
}

impl Shelved {
    fn is_fresh(&self) -> bool {
        self.files.iter().all(|(path, then)| stamp(path) == *then)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

impl Session {
    /// Updates the catalog when files are saved, as long as it is polled.
    /// Readings are logged and passed to `tell`.
    pub(crate) async fn follow(self, mut files: WatchedFiles, tell: impl Fn(&Path, &Reading)) {
        // Disks may be slow; the control plane does not wait for them.
        while let Ok((stale, same)) = spawn_blocking(move || (files.is_stale(), files)).await {
            files = same;
            if stale {
                sleep(SETTLE).await;
                let refreshed = spawn_blocking(move || (files.refresh(), files)).await;
                let Ok((anew, same)) = refreshed else {
                    return;
                };
                files = same;
                self.offer(files.catalog());
                for (path, reading) in anew {
                    if files.offers(&reading) {
                        tell(&path, &reading);
                        self.note_reading(&path, &reading);
                    }
                }
            }
            sleep(LOOK).await;
        }
    }

    fn note_reading(&self, path: &Path, reading: &Reading) {
        match &reading.loaded {
            Ok(_) => {
                let path = path.display().to_string();
                self.note(Level::Info, format!("read {}", within_line(&path)));
            }
            Err(mistakes) => {
                for mistake in mistakes {
                    self.note(Level::Error, mistake.to_string());
                }
            }
        }
    }
}
