use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::program::mask_address;
use crate::scenario::{Changes, Diagnostic, Environment, Loaded, Reading, Source, read};

/// The scenarios on offer.
#[derive(Debug, Default)]
pub struct Catalog(Vec<CatalogEntry>);

/// A scenario on offer, fine or broken.
#[derive(Debug)]
pub struct CatalogEntry {
    /// What it is called in addresses and forms: the file's stem, made unique.
    pub id: String,
    /// The file as the user named it.
    pub file: String,
    /// What came of reading it.
    reading: Arc<Reading>,
}

impl Catalog {
    /// Loads every source; broken ones are kept with their mistakes.
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
    #[must_use]
    pub fn of(readings: impl IntoIterator<Item = (String, Arc<Reading>)>) -> Self {
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
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&CatalogEntry> {
        let by_id = self.0.iter().find(|entry| entry.id == id);
        by_id.or_else(|| self.0.iter().find(|entry| entry.name() == id))
    }

    /// All, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.0.iter()
    }
}

impl CatalogEntry {
    /// What is in it.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn loaded(&self) -> Result<&Loaded, &[Diagnostic]> {
        self.reading.loaded.as_ref().map_err(Vec::as_slice)
    }

    /// Its name; the id of a broken file.
    #[must_use]
    pub fn name(&self) -> &str {
        self.loaded()
            .map_or(&self.id, |loaded| &loaded.scenario.name)
    }

    /// The target that it names, without a password.
    #[must_use]
    pub fn host(&self) -> Option<Cow<'_, str>> {
        let loaded = self.loaded().ok()?;
        loaded.scenario.host.as_deref().map(mask_address)
    }
}
