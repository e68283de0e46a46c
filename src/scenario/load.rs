//! The way from text to program.

use crate::model::Scenario;
use crate::program::{Class, Program, Request};
use crate::scenario::destinations::Destinations;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::environment::Environment;
use crate::scenario::host::{self, HostError};
use crate::scenario::reader::{Reader, Tables};
use crate::scenario::source::Source;
use crate::scenario::yaml;

/// A scenario that was read and found sound.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What people are shown of it.
    pub scenario: Scenario,
    classes: Vec<Class>,
    tables: Tables,
}

/// Reads a scenario.
///
/// # Errors
/// All mistakes in order of place. What is wrong with the YAML itself hides
/// the rest.
pub fn load(source: &Source, environment: &Environment) -> Result<Loaded, Vec<Diagnostic>> {
    let mut reader = Reader::new(source, environment);
    let root = yaml::parse(source, &mut reader.problems);
    let read = root.and_then(|root| reader.file(&root));
    match read {
        Some((scenario, classes)) if reader.problems.is_empty() => Ok(Loaded {
            scenario,
            classes,
            tables: reader.tables,
        }),
        _ => Err(reader.problems.into_sorted()),
    }
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
        let destinations = Destinations::new(&host.target.origin, tables);
        let requests = tables.requests.iter().map(|draft| {
            let id = destinations.id(draft.origin, draft.http.route);
            let by = (id, &*destinations.routes[id.index()]);
            let parts = match draft.origin.index().checked_sub(1) {
                Some(other) => draft.finish(&tables.other_origins[other], "", by),
                None => draft.finish(&host.target, &host.base_path, by),
            };
            Request::new(parts)
        });
        let requests = requests.collect();
        Ok(Program {
            name: self.scenario.name.clone(),
            origins: destinations.origins,
            routes: destinations.routes,
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
