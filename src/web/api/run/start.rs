//! The start of a run: `POST /api/v1/run`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::model::{FindLimitOptions, LoadKind};
use crate::session::{Initiator, RunOptions, Session, Start};
use crate::web::api::author::By;
use crate::web::api::body::{Body, Object, read, run_time, time};
use crate::web::api::confirm::Confirm;
use crate::web::http::problem::{ChangeResult, Outcome, Problem};
use crate::web::openapi::formats;

/// The body of `POST /api/v1/run`; all fields are optional.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartBody {
    /// The id or name of a scenario.
    #[schema(min_length = 1)]
    scenario: Option<String>,
    /// The names of the user classes to run; all by default.
    #[schema(value_type = Option<Vec<formats::Name>>, min_items = 1)]
    classes: Option<Vec<String>>,
    /// Users to reach.
    #[schema(value_type = Option<u32>, maximum = 1_000_000)]
    users: Option<f64>,
    /// Users started per second.
    #[schema(exclusive_minimum = 0, maximum = 1_000_000)]
    spawn_rate: Option<f64>,
    /// The target's base URL.
    #[schema(value_type = Option<formats::Host>)]
    host: Option<String>,
    /// When to stop: `90`, `90s`, `1m30s`; empty for never; by default as
    /// preset, else as in the scenario.
    #[schema(value_type = Option<formats::RunTime>)]
    run_time: Option<String>,
    /// A label that groups runs, at most 100 characters; empty for none; the
    /// preset one by default.
    #[schema(pattern = r"^\s*[^\u0000-\u001f\u007f-\u009f]{0,100}\s*$")]
    profile: Option<String>,
    /// The hosts of public targets to which load may be sent.
    confirm: Option<Confirm>,
    /// Searches for the highest load that meets the criteria.
    #[schema(value_type = Option<FindLimitBody>)]
    find_limit: Option<Object<FindLimitBody>>,
}

/// How to search for the limit; all fields are optional.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindLimitBody {
    /// The load to raise; users by default.
    #[serde(default)]
    of: LoadKind,
    /// The first level; by default a tenth of the load.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    start: Option<f64>,
    /// The highest level to try; 10000 by default.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    max: Option<f64>,
    /// How long each level is measured, 2s to 600s; 10s by default.
    #[schema(value_type = Option<formats::Period>)]
    level_time: Option<String>,
}

/// Starts a run.
#[utoipa::path(
    post, path = "/api/v1/run", params(By), request_body = StartBody,
    responses(
        (status = 200, body = Outcome, description = "The run has started."),
        (status = 400, body = Outcome, description = "A value is not allowed."),
        (status = 409, body = Outcome, description = "A run is active, or a public target must be confirmed."),
        (status = 502, body = Outcome, description = "The target, or a URL of --wait-for, does not respond."),
    ),
)]
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
