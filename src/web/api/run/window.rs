//! Any window of the run: its tables, the distribution of its latencies, one
//! name over time.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use utoipa::IntoParams;

use crate::model::NameId;
use crate::run::WindowQuery;
use crate::session::Session;
use crate::stats::Columns;
use crate::web::http::problem::{Outcome, Problem};
use crate::web::live::messages::{HeatmapBody, WindowBody};
use crate::web::openapi::references;

/// The window, by default the whole run. The fields are strings, so that an
/// error can name its field.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowParams {
    /// Start of the window, in seconds since the start of the run; 0 by default.
    #[param(value_type = Option<f64>, minimum = 0)]
    from_s: Option<String>,
    /// End of the window, after its start; now by default.
    #[param(value_type = Option<f64>, exclusive_minimum = 0)]
    to_s: Option<String>,
    /// The name of a request or group, as in the tables; all requests by default.
    #[param(min_length = 1)]
    name: Option<String>,
    /// Its method, where several have the name; all of them by default.
    #[param(pattern = "^[A-Z]+$")]
    method: Option<String>,
}

/// One request reads at a time: the cores belong to the shards.
static READER: Semaphore = Semaphore::const_new(1);

type Params = Result<Query<WindowParams>, QueryRejection>;

/// Returns the tables of a window of the run.
#[utoipa::path(
    get, path = "/api/v1/run/window",
    params(
        ("from_s" = Option<f64>, Query, minimum = 0, description = "Start of the window, in seconds since the start of the run; 0 by default."),
        ("to_s" = Option<f64>, Query, exclusive_minimum = 0, description = "End of the window, after its start; now by default."),
    ),
    responses(
        (status = 200, body = WindowBody, description = "The tables, and the window they cover."),
        (status = 400, body = Outcome, description = "Not a window of time."),
        (status = 404, body = Outcome, description = "There is no run."),
    ),
)]
pub(crate) async fn show_window(
    State(session): State<Session>,
    query: Params,
) -> Result<Json<WindowBody>, Problem> {
    read(&session, query, |past, _| WindowBody::new(past)).await
}

/// Returns the distribution of service times over a window of the run.
#[utoipa::path(
    get, path = "/api/v1/run/heatmap", params(WindowParams),
    responses(
        (status = 200, body = HeatmapBody, description = "The cells that have samples."),
        (status = 400, body = Outcome, description = "Not a window of time, or no such request."),
        (status = 404, body = Outcome, description = "There is no run."),
    ),
)]
pub(crate) async fn show_heatmap(
    State(session): State<Session>,
    query: Params,
) -> Result<Json<HeatmapBody>, Problem> {
    read(&session, query, |past, of| {
        HeatmapBody::new(&past.heatmap(of))
    })
    .await
}

/// Returns a window of the run as a time series, of one request or of all.
#[utoipa::path(
    get, path = "/api/v1/run/series", params(WindowParams),
    responses(
        (status = 200, body = references::Steps, description = "The points in time."),
        (status = 400, body = Outcome, description = "Not a window of time, or no such request."),
        (status = 404, body = Outcome, description = "There is no run."),
    ),
)]
pub(crate) async fn show_series(
    State(session): State<Session>,
    query: Params,
) -> Result<Json<Columns>, Problem> {
    read(&session, query, |past, of| {
        Columns::of_moments(&past.moments(of))
    })
    .await
}

/// Reads the requested window and rows on a thread of its own, since viewers
/// and the run must not wait for it.
async fn read<T: Serialize + Send + 'static>(
    session: &Session,
    query: Params,
    make: impl FnOnce(&WindowQuery, Option<&[NameId]>) -> T + Send + 'static,
) -> Result<Json<T>, Problem> {
    let Query(query) = query?;
    let from_s = seconds(query.from_s.as_deref(), "from_s")?.unwrap_or(0.0);
    let to_s = seconds(query.to_s.as_deref(), "to_s")?.unwrap_or(f64::INFINITY);
    if to_s <= from_s {
        let why = format!("`to_s` ({to_s}) must be greater than `from_s` ({from_s})");
        return Err(Problem::bad_request(why, Some("to_s")));
    }
    // The semaphore is never closed.
    let _permit = READER.acquire().await.ok();
    let past = session.runs().log().past().ok_or_else(Problem::no_run)?;
    let of = query.rows(&past)?;
    let made = spawn_blocking(move || make(&past.between(from_s, to_s), of.as_deref())).await;
    let made = made.map_err(|error| Problem::fault("cannot compute the statistics", &error))?;
    Ok(Json(made))
}

impl WindowParams {
    /// The requested rows; `None` for all.
    fn rows(&self, past: &WindowQuery) -> Result<Option<Vec<NameId>>, Problem> {
        let Some(name) = &self.name else {
            if self.method.is_some() {
                let why = "`method` requires `name`";
                return Err(Problem::bad_request(why, Some("name")));
            }
            return Ok(None);
        };
        if past.rows_of(name, None).is_empty() {
            let why = format!(
                "unknown request {name:?}; use the name from the tables, including `{{id}}`"
            );
            return Err(Problem::bad_request(why, Some("name")));
        }
        let rows = past.rows_of(name, self.method.as_deref());
        if rows.is_empty() {
            let method = self.method.as_deref().unwrap_or_default();
            let why = format!("{name:?} has no requests with method {method:?}");
            return Err(Problem::bad_request(why, Some("method")));
        }
        Ok(Some(rows))
    }
}

/// Parses a time of the run in seconds.
fn seconds(text: Option<&str>, field: &'static str) -> Result<Option<f64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok();
    let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.map(Some).ok_or_else(|| {
        let why = format!("`{field}` must be a number of seconds (0 or more), not {text:?}");
        Problem::bad_request(why, Some(field))
    })
}
