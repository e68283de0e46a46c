//! Admission of a run before anything is sent anywhere: its users and its
//! targets.

use futures_util::future::try_join_all;

use crate::model::{Fence, LoadError, Origin, Route, RunSpec};
use crate::program::Program;
use crate::run::prepare::connectivity::{LookedUp, find};
use crate::run::prepare::guardrails::Guardrails;
use crate::run::prepare::preflight::check_capacity;
use crate::run::prepare::resolver::Resolver;
use crate::run::{Consent, RunError};

/// The targets of a program, looked up and admitted.
#[derive(Debug)]
pub(crate) struct Admitted<'p> {
    /// Targets reached in the same way are there once.
    pub(crate) targets: Vec<LookedUp<'p>>,
    /// The place among them of each origin of the program.
    pub(crate) places: Vec<usize>,
    /// Where redirects may lead.
    pub(crate) fence: Fence,
}

/// Holds a run to what it may have: its load, and its targets.
///
/// # Errors
/// More than there can be, more than is allowed, or a name without an address.
pub(crate) async fn admit<'p>(
    spec: &RunSpec,
    program: &'p Program,
    guard: &Guardrails,
    consent: &Consent,
    resolver: &Resolver,
) -> Result<Admitted<'p>, RunError> {
    if spec.steered().is_some_and(|load| load.users == 0) {
        return Err(LoadError::NoUsers.into());
    }
    check_capacity(program, &spec.workloads)?;
    guard.rails.check_users(&spec.workloads)?;
    let mut distinct: Vec<(&Origin, &Route)> = Vec::new();
    let mut places = Vec::new();
    for (origin, route) in program.origins.iter().zip(&program.routes) {
        let same = |(of, by): &(&Origin, &Route)| *of == origin && leads_alike(by, route);
        let known = distinct.iter().position(same);
        places.push(known.unwrap_or_else(|| {
            distinct.push((origin, route));
            distinct.len() - 1
        }));
    }
    let targets = distinct
        .iter()
        .map(|&(origin, route)| find(origin, route, resolver));
    let targets = try_join_all(targets).await?;
    let all: Vec<_> = targets.iter().flat_map(LookedUp::targets).collect();
    Ok(Admitted {
        fence: guard.admit(&all, consent)?,
        targets,
        places,
    })
}

/// Whether connections of both routes end up at the same addresses.
fn leads_alike(one: &Route, other: &Route) -> bool {
    one.proxy == other.proxy
        && one.resolve == other.resolve
        && one.source_addresses == other.source_addresses
        && one.dns == other.dns
}
