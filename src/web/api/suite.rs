//! Scenario after scenario: `/api/v1/suite`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::run::Why;
use crate::session::{Initiator, Session, SuiteOptions};
use crate::web::api::author::By;
use crate::web::api::confirm::Confirm;
use crate::web::api::object::Body;
use crate::web::api::run::{Answer, read, run_time, time};
use crate::web::http::problem::Outcome;
use crate::web::live::messages::SuiteBody;

/// The body of `POST /api/v1/suite`; every field may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuiteStartBody {
    /// Ids or names, in the order to run them.
    scenarios: Option<Vec<String>>,
    /// The target's base address.
    host: Option<String>,
    /// When each run stops by itself.
    run_time: Option<String>,
    /// How long the target may recover between two runs.
    cool_down: Option<String>,
    /// The hosts of public targets that may have load.
    confirm: Option<Confirm>,
}

/// The answer of [`show_suite`].
#[derive(Debug, Serialize)]
pub(crate) struct SuiteAnswer {
    /// The last suite; `null` before the first.
    suite: Option<SuiteBody>,
}

/// `POST /api/v1/suite`: starts to run scenarios one after the other.
pub(crate) async fn start_suite(
    State(session): State<Session>,
    asker: Initiator,
    body: Body<SuiteStartBody>,
) -> Answer {
    let body = read(body)?;
    let cool_down = body.cool_down.as_deref();
    let options = SuiteOptions {
        scenarios: body.scenarios,
        host: body.host,
        run_time: run_time(body.run_time.as_deref())?,
        cool_down: cool_down.map(|text| time(text, "cool_down")).transpose()?,
        consent: body.confirm.into(),
        asker,
    };
    Ok(Outcome::done(session.start_suite(options).await?))
}

/// `GET /api/v1/suite`: the last suite, as far as it has come.
pub(crate) async fn show_suite(State(session): State<Session>) -> Json<SuiteAnswer> {
    let progress = session.suites().progress();
    Json(SuiteAnswer {
        suite: progress.as_deref().map(SuiteBody::new),
    })
}

/// `DELETE /api/v1/suite`: stops the present run and leaves the rest out;
/// comes back when the final figures stand.
pub(crate) async fn stop_suite(State(session): State<Session>, By(author): By) -> Answer {
    if !session.suites().stop(Why::operator(author)).await {
        return Ok(Outcome::done("nothing is being run one after the other"));
    }
    let left_out = session
        .suites()
        .progress()
        .map_or(0, |progress| progress.left_out());
    Ok(Outcome::done(format!("stopped; {left_out} left out")))
}
