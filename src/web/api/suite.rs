//! Suites: `/api/v1/suite`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::run::Why;
use crate::session::{Initiator, Session, SuiteOptions};
use crate::web::api::author::By;
use crate::web::api::body::{Body, read, run_time, time};
use crate::web::api::confirm::Confirm;
use crate::web::http::problem::{ChangeResult, Outcome};
use crate::web::live::messages::SuiteBody;
use crate::web::openapi::formats;

/// The body of `POST /api/v1/suite`; all fields are optional.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuiteStartBody {
    /// Ids or names, in the order to run them; by default all that end by themselves.
    #[schema(value_type = Option<Vec<formats::Name>>, min_items = 1, max_items = 50)]
    scenarios: Option<Vec<String>>,
    /// The target's base URL.
    #[schema(value_type = Option<formats::Host>)]
    host: Option<String>,
    /// The run time of each run.
    #[schema(value_type = Option<formats::Period>)]
    run_time: Option<String>,
    /// The cool-down between two runs; 10s by default.
    #[schema(value_type = Option<formats::Duration>)]
    cool_down: Option<String>,
    /// The hosts of public targets to which load may be sent.
    confirm: Option<Confirm>,
}

/// The response of [`show_suite`].
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuiteResponse {
    /// The last suite; `null` before the first.
    suite: Option<SuiteBody>,
}

/// Runs scenarios one after the other.
#[utoipa::path(
    post, path = "/api/v1/suite", request_body = SuiteStartBody,
    responses(
        (status = 200, body = Outcome, description = "The suite has started."),
        (status = 400, body = Outcome, description = "A value or a scenario is not allowed; nothing has started."),
        (status = 409, body = Outcome, description = "A run or a suite is active, or a public target must be confirmed."),
        (status = 502, body = Outcome, description = "A URL of --wait-for does not respond."),
    ),
)]
pub(crate) async fn start_suite(
    State(session): State<Session>,
    initiator: Initiator,
    body: Body<SuiteStartBody>,
) -> ChangeResult {
    let body = read(body)?;
    let cool_down = body.cool_down.as_deref();
    let options = SuiteOptions {
        scenarios: body.scenarios,
        host: body.host,
        run_time: run_time(body.run_time.as_deref())?,
        cool_down: cool_down.map(|text| time(text, "cool_down")).transpose()?,
        consent: body.confirm.into(),
        initiator,
    };
    Ok(Outcome::done(session.start_suite(options).await?))
}

/// Returns the progress of the last suite.
#[utoipa::path(
    get, path = "/api/v1/suite",
    responses((status = 200, body = SuiteResponse, description = "The suite.")),
)]
pub(crate) async fn show_suite(State(session): State<Session>) -> Json<SuiteResponse> {
    let progress = session.suites().progress();
    Json(SuiteResponse {
        suite: progress.as_deref().map(SuiteBody::new),
    })
}

/// Stops the present run and skips the rest.
///
/// Returns when the final results are ready.
#[utoipa::path(
    delete, path = "/api/v1/suite", params(By),
    responses((status = 200, body = Outcome, description = "The suite has stopped, or none was active.")),
)]
pub(crate) async fn stop_suite(State(session): State<Session>, By(author): By) -> ChangeResult {
    if !session.suites().stop(Why::operator(author)).await {
        return Ok(Outcome::done("no suite is running"));
    }
    let skipped = session
        .suites()
        .progress()
        .map_or(0, |progress| progress.skipped());
    Ok(Outcome::done(format!("suite stopped; {skipped} skipped")))
}
