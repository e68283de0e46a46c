//! Suites: `/api/v1/suite`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::run::Why;
use crate::session::{Initiator, Session, SuiteOptions};
use crate::web::api::author::By;
use crate::web::api::body::{Body, read, run_time, time};
use crate::web::api::confirm::Confirm;
use crate::web::http::problem::{ChangeResult, Outcome};
use crate::web::live::messages::SuiteBody;

/// The body of `POST /api/v1/suite`; all fields are optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuiteStartBody {
    /// Ids or names, in the order to run them.
    scenarios: Option<Vec<String>>,
    /// The target's base URL.
    host: Option<String>,
    /// The run time of each run.
    run_time: Option<String>,
    /// The cool-down between two runs.
    cool_down: Option<String>,
    /// The hosts of public targets to which load may be sent.
    confirm: Option<Confirm>,
}

/// The response of [`show_suite`].
#[derive(Debug, Serialize)]
pub(crate) struct SuiteResponse {
    /// The last suite; `null` before the first.
    suite: Option<SuiteBody>,
}

/// `POST /api/v1/suite`: starts a suite.
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

/// `GET /api/v1/suite`: the progress of the last suite.
pub(crate) async fn show_suite(State(session): State<Session>) -> Json<SuiteResponse> {
    let progress = session.suites().progress();
    Json(SuiteResponse {
        suite: progress.as_deref().map(SuiteBody::new),
    })
}

/// `DELETE /api/v1/suite`: stops the present run and skips the rest; returns
/// when the final results are ready.
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
