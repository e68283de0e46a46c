//! Any stretch of the run: its tables, how its latencies are spread, one name
//! over time.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::model::NameId;
use crate::run::WindowQuery;
use crate::session::Session;
use crate::web::http::problem::Problem;
use crate::web::live::messages::{HeatBody, StepsBody, WindowBody};

/// What can be asked of the past; all of it when nothing is said. Texts, so
/// that a mistake can be told of the field that it is in.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PastQuery {
    from_s: Option<String>,
    to_s: Option<String>,
    name: Option<String>,
    method: Option<String>,
}

/// One reads at a time, however many ask: the cores are the shards'.
static READER: Semaphore = Semaphore::const_new(1);

type Asked = Result<Query<PastQuery>, QueryRejection>;

/// `GET /api/v1/run/window`: the tables of a stretch.
pub(crate) async fn show_window(
    State(session): State<Session>,
    query: Asked,
) -> Result<Json<WindowBody>, Problem> {
    read(&session, query, |past, _| WindowBody::new(past)).await
}

/// `GET /api/v1/run/heatmap`: how the service times of a stretch are spread.
pub(crate) async fn show_heatmap(
    State(session): State<Session>,
    query: Asked,
) -> Result<Json<HeatBody>, Problem> {
    read(&session, query, |past, of| HeatBody::new(&past.heat(of))).await
}

/// `GET /api/v1/run/series`: a stretch moment by moment.
pub(crate) async fn show_series(
    State(session): State<Session>,
    query: Asked,
) -> Result<Json<StepsBody>, Problem> {
    read(&session, query, |past, of| StepsBody::new(&past.steps(of))).await
}

/// Reads from the stretch that is asked for, of the rows that are: on a thread
/// of its own, since viewers and the run must not wait for it.
async fn read<T: Serialize + Send + 'static>(
    session: &Session,
    query: Asked,
    make: impl FnOnce(&WindowQuery, Option<&[NameId]>) -> T + Send + 'static,
) -> Result<Json<T>, Problem> {
    let Query(query) = query?;
    let from_s = moment(query.from_s.as_deref(), "from_s")?.unwrap_or(0.0);
    let to_s = moment(query.to_s.as_deref(), "to_s")?.unwrap_or(f64::INFINITY);
    if to_s <= from_s {
        let why = format!("`to_s` ({to_s}) has to be later than `from_s` ({from_s})");
        return Err(Problem::bad_request(why, Some("to_s")));
    }
    // It is never closed.
    let _permit = READER.acquire().await.ok();
    let past = session.runs().log().past().ok_or_else(Problem::no_run)?;
    let of = query.rows(&past)?;
    let made = spawn_blocking(move || make(&past.between(from_s, to_s), of.as_deref())).await;
    let made = made.map_err(|error| Problem::fault("the figures could not be made", &error))?;
    Ok(Json(made))
}

impl PastQuery {
    /// The rows that are asked for; `None` for all.
    fn rows(&self, past: &WindowQuery) -> Result<Option<Vec<NameId>>, Problem> {
        let Some(name) = &self.name else {
            if self.method.is_some() {
                let why = "`method` goes with `name`: name the request as well";
                return Err(Problem::bad_request(why, Some("name")));
            }
            return Ok(None);
        };
        if past.rows_of(name, None).is_empty() {
            let why = format!(
                "the run has no request {name:?}: `name` is as in the tables, `{{id}}` included"
            );
            return Err(Problem::bad_request(why, Some("name")));
        }
        let rows = past.rows_of(name, self.method.as_deref());
        if rows.is_empty() {
            let method = self.method.as_deref().unwrap_or_default();
            let why = format!("{name:?} has no row of the method {method:?}");
            return Err(Problem::bad_request(why, Some("method")));
        }
        Ok(Some(rows))
    }
}

/// A moment of the run in seconds, if one is given.
fn moment(text: Option<&str>, field: &'static str) -> Result<Option<f64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let seconds = text.parse().ok();
    let seconds = seconds.filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    seconds.map(Some).ok_or_else(|| {
        let why = format!("`{field}` is a number of seconds from 0 on, not {text:?}");
        Problem::bad_request(why, Some(field))
    })
}
