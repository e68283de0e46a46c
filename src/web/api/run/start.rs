//! The start of a run: `POST /api/v1/run`.

use axum::extract::State;
use serde::Deserialize;

use crate::model::{FindLimitOptions, LoadKind};
use crate::session::{Initiator, RunOptions, Session, Start};
use crate::web::api::author::By;
use crate::web::api::body::{Body, Object, read, run_time, time};
use crate::web::api::confirm::Confirm;
use crate::web::http::problem::{ChangeResult, Outcome, Problem};

/// The body of `POST /api/v1/run`; all fields are optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartBody {
    /// The id or name of a scenario.
    scenario: Option<String>,
    /// The names of the user classes to run; all by default.
    classes: Option<Vec<String>>,
    /// Users to reach.
    users: Option<f64>,
    /// Users per second.
    spawn_rate: Option<f64>,
    /// The target's base address.
    host: Option<String>,
    /// When to stop: `90`, `90s`, `1m30s`; empty for never; by default as
    /// preset, else as in the scenario.
    run_time: Option<String>,
    /// A label that groups runs; empty for none; the preset one by default.
    profile: Option<String>,
    /// The hosts of public targets to which load may be sent.
    confirm: Option<Confirm>,
    /// Searches for the highest load that meets the criteria.
    find_limit: Option<Object<FindLimitBody>>,
}

/// How to search for the limit; all fields are optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindLimitBody {
    /// What is raised.
    #[serde(default)]
    of: LoadKind,
    /// The first level; by default a tenth of the load.
    start: Option<f64>,
    /// The highest level to try.
    max: Option<f64>,
    /// How long each level is measured: `10s`.
    level_time: Option<String>,
}

/// `POST /api/v1/run`: starts a run.
pub(crate) async fn start_run(
    State(session): State<Session>,
    By(author): By,
    initiator: Initiator,
    body: Body<StartBody>,
) -> ChangeResult {
    let body = read(body)?;
    let options = RunOptions {
        users: body.users,
        spawn_rate: body.spawn_rate,
        host: body.host,
        run_time: run_time(body.run_time.as_deref())?,
        profile: body.profile,
        find_limit: body.find_limit.as_ref().map(find_limit).transpose()?,
        ..RunOptions::default()
    };
    let started = session.start(Start {
        scenario: body.scenario,
        classes: body.classes,
        options,
        by: Some(author),
        consent: body.confirm.into(),
        initiator,
    });
    Ok(Outcome::done(format!(
        "swarming {}",
        started.await?.spec.host
    )))
}

fn find_limit(Object(body): &Object<FindLimitBody>) -> Result<FindLimitOptions, Problem> {
    let level = body.level_time.as_deref();
    Ok(FindLimitOptions {
        of: body.of,
        start: body.start,
        max: body.max,
        level: level.map(|text| time(text, "find_limit")).transpose()?,
    })
}
