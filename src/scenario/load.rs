//! The way from text to program.

use std::path::PathBuf;

use crate::model::Scenario;
use crate::program::{Class, Program, Request};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::disk::SourceError;
use crate::scenario::environment::Environment;
use crate::scenario::host::{self, HostError};
use crate::scenario::include;
use crate::scenario::overrides::Override;
use crate::scenario::reader::{Reader, Tables};
use crate::scenario::source::Source;

/// A scenario that was read and found sound.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What people are shown of it.
    pub scenario: Scenario,
    classes: Vec<Class>,
    tables: Tables,
}

/// What came of reading a scenario.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The scenario, or all mistakes in order of place. What is wrong with the
    /// YAML itself hides the rest.
    pub loaded: Result<Loaded, Vec<Diagnostic>>,
    /// The files beside the scenario's own that were read, or should have been.
    pub files: Vec<PathBuf>,
}

impl Reading {
    /// Of a file that cannot be read at all.
    #[must_use]
    pub fn unreadable(file: impl Into<String>, error: &SourceError) -> Self {
        Self {
            loaded: Err(vec![Diagnostic::of_file(file, error.to_string())]),
            files: Vec::new(),
        }
    }
}

/// Reads a scenario.
///
/// # Errors
/// All mistakes in order of place. What is wrong with the YAML itself hides
/// the rest.
pub fn load(source: &Source, environment: &Environment) -> Result<Loaded, Vec<Diagnostic>> {
    read(source, environment, &[]).loaded
}

/// Reads a scenario in which these values are set. Blocks while it reads the
/// files that the scenario names.
#[must_use]
pub fn read(source: &Source, environment: &Environment, overrides: &[Override]) -> Reading {
    let gathered = include::gather(source, overrides);
    let mut reader = Reader::new(&gathered.texts, environment);
    reader.problems.adopt(gathered.found);
    reader.paths = gathered.paths;
    let read = gathered.root.and_then(|root| reader.file(&root));
    let files = std::mem::take(&mut reader.paths);
    let loaded = match read {
        Some((scenario, classes)) if reader.problems.is_empty() => Ok(Loaded {
            scenario,
            classes,
            tables: reader.tables,
        }),
        _ => Err(reader.problems.into_sorted()),
    };
    Reading { loaded, files }
}

impl Loaded {
    /// The program for a host: the one given, else the one of the file.
    ///
    /// # Errors
    /// When there is no host, or not one that requests can be sent to.
    pub fn compile(&self, host: Option<&str>) -> Result<Program, HostError> {
        let host = host
            .filter(|host| !host.trim().is_empty())
            .or(self.scenario.host.as_deref())
            .ok_or(HostError::Missing)?;
        let host = host::parse(host)?;
        let tables = &self.tables;
        let requests = tables.requests.iter().map(|draft| {
            let parts = match draft.origin.index().checked_sub(1) {
                Some(other) => draft.finish(&tables.other_origins[other], ""),
                None => draft.finish(&host.target, &host.base_path),
            };
            Request::new(parts)
        });
        let requests = requests.collect();
        let others = tables.other_origins.iter();
        let others = others.map(|other| other.origin.clone());
        Ok(Program {
            name: self.scenario.name.clone(),
            origins: std::iter::once(host.target.origin).chain(others).collect(),
            names: tables.names.clone(),
            classes: self.classes.clone(),
            requests,
            code: tables.code.clone(),
            slots: tables.slots.clone(),
            no_values: tables.no_values.clone(),
            texts: tables.texts.clone(),
        })
    }
}
