use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::program::mask_address;
use crate::scenario::{Changes, Diagnostic, Environment, Loaded, Reading, Source, read};

/// The available scenarios.
#[derive(Debug, Default)]
pub struct Catalog(Vec<CatalogEntry>);

/// An available scenario, valid or broken.
#[derive(Debug)]
pub(crate) struct CatalogEntry {
    /// Its name in URLs and forms: the file's stem, made unique.
    pub(crate) id: String,
    /// The file as the user named it.
    pub(crate) file: String,
    reading: Arc<Reading>,
}

impl Catalog {
    /// Loads every source; broken ones keep their errors.
    #[must_use]
    pub fn new(
        sources: impl IntoIterator<Item = Source>,
        environment: &Environment,
        changes: &Changes,
    ) -> Self {
        let readings = sources.into_iter().map(|source| {
            let reading = read(&source, environment, changes);
            (source.file, Arc::new(reading))
        });
        Self::of(readings)
    }

    /// Of files that were read already, by their names.
    pub(crate) fn of(readings: impl IntoIterator<Item = (String, Arc<Reading>)>) -> Self {
        let mut entries: Vec<CatalogEntry> = Vec::new();
        for (file, reading) in readings {
            let stem = Path::new(&file)
                .file_stem()
                .map_or_else(|| file.clone(), |stem| stem.to_string_lossy().into_owned());
            let taken = |id: &str| entries.iter().any(|entry| entry.id == id);
            let id = std::iter::once(stem.clone())
                .chain((2..).map(|n| format!("{stem}-{n}")))
                .find(|id| !taken(id))
                .unwrap_or(stem);
            entries.push(CatalogEntry { id, file, reading });
        }
        Self(entries)
    }

    /// The scenario with this id or name.
    pub(crate) fn find(&self, id: &str) -> Option<&CatalogEntry> {
        let by_id = self.0.iter().find(|entry| entry.id == id);
        by_id.or_else(|| self.0.iter().find(|entry| entry.name() == id))
    }

    /// All, in the order given.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.0.iter()
    }
}

impl CatalogEntry {
    pub(crate) fn loaded(&self) -> Result<&Loaded, &[Diagnostic]> {
        self.reading.loaded.as_ref().map_err(Vec::as_slice)
    }

    /// Its name; the id of a broken file.
    pub(crate) fn name(&self) -> &str {
        self.loaded()
            .map_or(&self.id, |loaded| &loaded.scenario.name)
    }

    /// The target that it names, without a password.
    pub(crate) fn host(&self) -> Option<Cow<'_, str>> {
        let loaded = self.loaded().ok()?;
        loaded.scenario.host.as_deref().map(mask_address)
    }
}
