//! Probes against what they read: a PostgreSQL server, the lab, endpoints,
//! and a stand-in for the Docker engine.

mod docker;
mod endpoints;
mod mistakes;
mod postgres;
mod run;

use swarmdeck::model::Probe;
use swarmdeck::probes::{Reader, Round, readers};
use swarmdeck::scenario::{Diagnostic, Environment, Source, load};

/// The probes of a scenario.
fn probes(text: &str, environment: &[(&str, &str)]) -> Result<Vec<Probe>, Vec<Diagnostic>> {
    let text = format!("probes:\n  {text}\nuser_classes: {{U: {{tasks: {{t: [{{get: /}}]}}}}}}\n");
    let environment: Environment = environment.iter().copied().collect();
    let loaded = load(&Source::new("test.yaml", &text), &environment)?;
    Ok(loaded.scenario.probes)
}

/// The readers of a scenario's probes.
fn all_readers(text: &str, environment: &[(&str, &str)]) -> Vec<Reader> {
    let probes = probes(text, environment).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let tls = Err("no test needs it".to_owned());
    probes
        .iter()
        .flat_map(|probe| readers(probe, &tls))
        .collect()
}

/// The reader of a scenario's only probe.
fn reader(text: &str, environment: &[(&str, &str)]) -> Reader {
    let mut readers = all_readers(text, environment);
    assert_eq!(readers.len(), 1);
    readers.remove(0)
}

/// A reading.
#[track_caller]
fn value(round: &Round, name: &str) -> f64 {
    let found = round.values.iter().find(|value| value.name == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {round:?}"))
        .value
}

/// The error of a round, as text.
#[track_caller]
fn error_text(round: &Round) -> String {
    let error = round.error.as_ref();
    error
        .unwrap_or_else(|| panic!("no error in {round:?}"))
        .to_string()
}
