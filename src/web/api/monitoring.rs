//! What other programs watch: health, metrics, the log, the description of
//! all routes.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use serde::{Deserialize, Serialize};

use crate::output::Line;
use crate::run::Level;
use crate::session::Session;
use crate::web::http::problem::Problem;
use crate::web::monitoring::prometheus::metrics;
use crate::web::openapi::OPENAPI;

type Typed<T> = ([(HeaderName, &'static str); 1], T);

/// What `GET /health` answers.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    status: &'static str,
    state: &'static str,
    version: &'static str,
}

/// `GET /health`: the program answers.
pub(crate) async fn show_health(State(session): State<Session>) -> Json<Health> {
    Json(Health {
        status: "ok",
        state: session.runs().snapshot().state.as_str(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// `GET /metrics`: the figures for Prometheus.
pub(crate) async fn show_metrics(State(session): State<Session>) -> Typed<String> {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(header::CONTENT_TYPE, kind)],
        metrics(&session.runs().snapshot()),
    )
}

/// `GET /api/v1/openapi.json`.
pub(crate) async fn show_openapi() -> Typed<&'static str> {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

/// What is asked of `GET /api/v1/logs`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    /// The number of the last line that is known.
    #[serde(default)]
    after: u64,
}

/// What `GET /api/v1/logs` answers.
#[derive(Debug, Serialize)]
pub(crate) struct LogBody {
    lines: Vec<LineBody>,
    /// The number of the newest line there is; 0 without one.
    last: u64,
    dropped: u64,
}

#[derive(Debug, Serialize)]
struct LineBody {
    number: u64,
    at_unix_ms: u64,
    level: Level,
    source: &'static str,
    text: String,
}

/// `GET /api/v1/logs?after=N`: the lines kept that were written after line N.
pub(crate) async fn list_logs(
    State(session): State<Session>,
    query: Result<Query<Since>, QueryRejection>,
) -> Result<Json<LogBody>, Problem> {
    let Query(since) = query?;
    let lines = session.log().after(since.after);
    Ok(Json(LogBody {
        lines: lines.into_iter().map(LineBody::new).collect(),
        last: session.log().last(),
        dropped: session.log().dropped(),
    }))
}

impl LineBody {
    fn new(line: Line) -> Self {
        Self {
            number: line.number,
            at_unix_ms: line.at_unix_ms,
            level: line.level,
            source: line.source.as_str(),
            text: line.text,
        }
    }
}
