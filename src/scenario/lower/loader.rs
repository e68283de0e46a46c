//! The way from text to program.

use std::path::PathBuf;
use std::sync::Arc;

use crate::model::Scenario;
use crate::program::{Class, Feed, Hooks, Name, Program, Request, Secrets, SentCredentials};
use crate::scenario::connection::destinations::Destinations;
use crate::scenario::connection::host;
use crate::scenario::connection::host::HostError;
use crate::scenario::data::credentials;
use crate::scenario::data::credentials::{Literal, Literals, Mask};
use crate::scenario::edit::overrides::Override;
use crate::scenario::file::disk::SourceError;
use crate::scenario::file::environment::Environment;
use crate::scenario::file::include;
use crate::scenario::lower::reader::{Reader, Tables};
use crate::scenario::lower::selection::Selection;
use crate::scenario::lower::unselected::UnselectedParts;
use crate::scenario::request::target::Goal;
use crate::scenario::schema::{Kind, maps};
use crate::scenario::yaml::diagnostic::Diagnostic;
use crate::scenario::yaml::source::Source;
use crate::scenario::yaml::source_map::SourceMap;

/// A scenario that was read and found sound.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The scenario as people see it.
    pub scenario: Scenario,
    /// The text of the file, secrets masked.
    pub text: Arc<str>,
    pub(crate) classes: Vec<Class>,
    once: Hooks,
    pub(crate) tables: Tables,
    /// The parts that are not selected.
    pub(crate) unselected: UnselectedParts,
    /// Files that are sent as they are although they hold `{{`.
    pub(crate) unfilled: Vec<String>,
    pub(crate) selected: String,
    feeds: Vec<Arc<Feed>>,
    sequence_count: usize,
    secrets: Secrets,
    /// Credentials that its files hold literally: place and key.
    pub(crate) written: Vec<String>,
    /// Its source, to be read again with other classes.
    pub(crate) origin: Arc<Origin>,
}

/// The source of a scenario, beside the files that it names.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) source: Source,
    pub(crate) environment: Environment,
    pub(crate) changes: Changes,
}

/// The result of reading a scenario.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The scenario, or all mistakes in order of place. What is wrong with the
    /// YAML itself hides the rest.
    pub loaded: Result<Loaded, Vec<Diagnostic>>,
    /// The files beside the scenario's own that were read, or should have been.
    pub files: Vec<PathBuf>,
    /// The names of all its user classes, also of those that are not
    /// selected; empty where the YAML itself is wrong.
    pub classes: Vec<String>,
}

/// Changes of a command line to the scenarios that it runs; none by
/// default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Values that replace those of the file.
    pub overrides: Vec<Override>,
    /// The selected classes and tasks.
    pub selection: Selection,
}

impl From<Vec<Override>> for Changes {
    fn from(overrides: Vec<Override>) -> Self {
        Self {
            overrides,
            selection: Selection::default(),
        }
    }
}

impl Reading {
    /// Of a file that cannot be read at all.
    #[must_use]
    pub fn unreadable(file: impl Into<String>, error: &SourceError) -> Self {
        Self {
            loaded: Err(vec![Diagnostic::of_file(file, error.to_string())]),
            files: Vec::new(),
            classes: Vec::new(),
        }
    }
}

/// Reads a scenario.
///
/// # Errors
/// All mistakes in order of place. What is wrong with the YAML itself hides
/// the rest.
pub fn load(source: &Source, environment: &Environment) -> Result<Loaded, Vec<Diagnostic>> {
    read(source, environment, &Changes::default()).loaded
}

/// Reads a scenario with these changes. Blocks while it reads the files that
/// the scenario names.
///
/// That no user class of a scenario is selected is a mistake like others;
/// a caller that offers several scenarios skips those, by [`Reading::classes`].
#[must_use]
pub fn read(source: &Source, environment: &Environment, changes: &Changes) -> Reading {
    let mut gathered = include::gather(source, &changes.overrides, environment);
    let literals = literals(&gathered);
    let mut reader = Reader::new(&gathered.texts, environment, &changes.selection);
    reader.problems.adopt(gathered.found);
    reader.files.paths = gathered.paths;
    for span in &literals.masks {
        let message = format!("`{}` is a placeholder for a hidden value", Secrets::MASK);
        let help =
            "write the value again, or read it from the environment with `{{ secret('NAME') }}`";
        reader.report_with(*span, message, help);
    }
    let listed = gathered.listed.iter_mut().map(|one| &mut one.root);
    let mut is_known = true;
    for root in gathered.root.iter_mut().chain(listed) {
        is_known &= reader.fill_in(root, &Kind::Of(&maps::SCENARIO));
    }
    // Without what is not set, whatever else is said would be wrong.
    let read = gathered.root.as_ref().filter(|_| is_known);
    let read = read.and_then(|root| reader.file(root, &gathered.listed));
    let files = std::mem::take(&mut reader.files.paths);
    let classes = std::mem::take(&mut reader.classes.names);
    let secrets = reader.mentions.secrets.take();
    let values = secrets.iter().chain(&literals.values);
    let secrets = Secrets::new(values.map(String::as_str));
    let written = written(&literals, &gathered.texts);
    let loaded = match read {
        Some((scenario, run, once)) if reader.problems.is_empty() => Ok(Loaded {
            scenario,
            text: secrets.mask(&credentials::hide(source, Mask::Word)).into(),
            classes: run,
            once,
            tables: reader.tables,
            unselected: reader.classes.unselected,
            unfilled: reader.files.unfilled,
            selected: changes.selection.words(),
            feeds: reader
                .feeds
                .list
                .into_iter()
                .map(|feed| feed.feed)
                .collect(),
            sequence_count: reader.mentions.sequences.take().len(),
            secrets,
            written,
            origin: Arc::new(Origin {
                source: source.clone(),
                environment: environment.clone(),
                changes: changes.clone(),
            }),
        }),
        _ => Err(reader.problems.into_sorted(&secrets)),
    };
    Reading {
        loaded,
        files,
        classes,
    }
}

impl Loaded {
    /// The rows of the statistics; a default of `secret()` can stand in one.
    pub(crate) fn names(&self) -> Vec<Name> {
        let names = self.tables.names.iter();
        let masked = names.map(|name| Name {
            kind: name.kind,
            name: self.secrets.mask(&name.name).into_owned(),
        });
        masked.collect()
    }

    /// The program for a host: the one given, else the one of the file.
    ///
    /// # Errors
    /// When there is no host, or not one that requests can be sent to.
    pub fn compile(&self, host: Option<&str>) -> Result<Program, HostError> {
        let host = host
            .filter(|host| !host.trim().is_empty())
            .or(self.scenario.host.as_deref())
            .ok_or(HostError::Missing)?;
        let address = credentials::unmasked(host, self.scenario.host.as_deref());
        let host = host::parse(address)?;
        let of_host = credentials::address_values(address);
        let tables = &self.tables;
        let destinations = Destinations::new(&host.target.origin, tables);
        let has_links = tables
            .requests
            .iter()
            .any(|request| matches!(request.target, Goal::Link(_)));
        let named = has_links.then(|| Arc::from(destinations.origins.as_slice()));
        let requests = tables.requests.iter().map(|request| {
            let id = destinations.id(request.origin, request.http.route);
            let by = (id, &*destinations.routes[id.index()]);
            let parts = match request.origin.index().checked_sub(1) {
                Some(other) => request.finish(&tables.other_origins[other], "", by, named.as_ref()),
                None => request.finish(&host.target, &host.base_path, by, named.as_ref()),
            };
            Request::new(parts)
        });
        let requests: Vec<_> = requests.collect();
        Ok(Program {
            credentials: SentCredentials::of(&requests, &tables.code, &tables.slots),
            name: self.scenario.name.clone(),
            origins: destinations.origins,
            routes: destinations.routes,
            names: self.names(),
            classes: self.classes.clone(),
            requests,
            once: self.once.clone(),
            code: tables.code.clone(),
            slots: tables.slots.clone(),
            no_values: tables.no_values.clone(),
            texts: tables.texts.clone(),
            feeds: self.feeds.clone(),
            sequence_count: self.sequence_count,
            secrets: self.secrets.clone().and(of_host.iter().map(String::as_str)),
        })
    }
}

/// The credentials that the scenario's files and the command line hold.
fn literals(gathered: &include::Gathered) -> Literals {
    let listed = gathered.listed.iter().map(|one| &one.root);
    let roots = gathered.root.iter().chain(listed);
    Literals::of(roots, &gathered.texts.text)
}

/// Place and key of each, for people.
fn written(literals: &Literals, texts: &SourceMap) -> Vec<String> {
    let mut places: Vec<_> = literals.list.iter().collect();
    places.sort_by_key(|one| one.span.start);
    places.dedup_by_key(|one| one.span.start);
    let place = |one: &&Literal| format!("{} ({})", one.what, texts.name_place(one.span.start));
    places.iter().map(place).collect()
}
