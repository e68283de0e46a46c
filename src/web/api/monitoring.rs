//! Health, metrics, the log, and the description of all routes.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use serde::{Deserialize, Serialize};

use crate::output::LogEntry;
use crate::run::Level;
use crate::session::Session;
use crate::web::http::problem::Problem;
use crate::web::monitoring::prometheus::metrics;
use crate::web::openapi::OPENAPI;

type WithContentType<T> = ([(HeaderName, &'static str); 1], T);

/// The response of `GET /health`.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    status: &'static str,
    state: &'static str,
    version: &'static str,
}

/// `GET /health`: whether the program responds.
pub(crate) async fn show_health(State(session): State<Session>) -> Json<Health> {
    Json(Health {
        status: "ok",
        state: session.runs().snapshot().state.as_str(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// `GET /metrics`: the metrics for Prometheus.
pub(crate) async fn show_metrics(State(session): State<Session>) -> WithContentType<String> {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(header::CONTENT_TYPE, kind)],
        metrics(&session.runs().snapshot()),
    )
}

/// `GET /api/v1/openapi.json`.
pub(crate) async fn show_openapi() -> WithContentType<&'static str> {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

/// The parameters of `GET /api/v1/logs`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogParams {
    /// The number of the last line that the client has.
    #[serde(default)]
    after: u64,
}

/// The response of `GET /api/v1/logs`.
#[derive(Debug, Serialize)]
pub(crate) struct LogBody {
    lines: Vec<LineBody>,
    /// The number of the newest line; 0 without one.
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

/// `GET /api/v1/logs?after=N`: the lines after line N that are still kept.
pub(crate) async fn list_logs(
    State(session): State<Session>,
    query: Result<Query<LogParams>, QueryRejection>,
) -> Result<Json<LogBody>, Problem> {
    let Query(params) = query?;
    let lines = session.log().after(params.after);
    Ok(Json(LogBody {
        lines: lines.into_iter().map(LineBody::new).collect(),
        last: session.log().last(),
        dropped: session.log().dropped(),
    }))
}

impl LineBody {
    fn new(line: LogEntry) -> Self {
        Self {
            number: line.number,
            at_unix_ms: line.at_unix_ms,
            level: line.level,
            source: line.source.as_str(),
            text: line.text,
        }
    }
}
