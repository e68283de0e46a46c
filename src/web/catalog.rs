use std::path::Path;

use crate::scenario::{Diagnostic, Environment, Loaded, Override, Source, read};

/// The scenarios on offer.
#[derive(Debug)]
pub struct Catalog(Vec<Entry>);

/// A scenario on offer, fine or broken.
#[derive(Debug)]
pub struct Entry {
    /// What it is called in addresses and forms: the file's stem, made unique.
    pub id: String,
    /// The file.
    pub source: Source,
    /// What is in it, or every mistake in it.
    pub loaded: Result<Loaded, Vec<Diagnostic>>,
}

impl Catalog {
    /// Loads every source; broken ones are kept with their mistakes.
    #[must_use]
    pub fn new(
        sources: impl IntoIterator<Item = Source>,
        environment: &Environment,
        overrides: &[Override],
    ) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for source in sources {
            let stem = Path::new(&source.file).file_stem().map_or_else(
                || source.file.clone(),
                |stem| stem.to_string_lossy().into_owned(),
            );
            let taken = |id: &str| entries.iter().any(|entry| entry.id == id);
            let id = std::iter::once(stem.clone())
                .chain((2..).map(|n| format!("{stem}-{n}")))
                .find(|id| !taken(id))
                .unwrap_or(stem);
            let loaded = read(&source, environment, overrides).loaded;
            entries.push(Entry { id, source, loaded });
        }
        Self(entries)
    }

    /// The scenario with this id or name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Entry> {
        let by_id = self.0.iter().find(|entry| entry.id == id);
        by_id.or_else(|| self.0.iter().find(|entry| entry.name() == id))
    }

    /// All, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}

impl Entry {
    /// Its name; the id of a broken file.
    #[must_use]
    pub fn name(&self) -> &str {
        self.loaded
            .as_ref()
            .map_or(&self.id, |loaded| &loaded.scenario.name)
    }

    /// The target that it names.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.loaded
            .as_ref()
            .ok()
            .and_then(|loaded| loaded.scenario.host.as_deref())
    }
}
