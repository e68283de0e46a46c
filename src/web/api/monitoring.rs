//! Health, metrics, the log, and the description of all routes.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::RunState;
use crate::output::{LogEntry, LogSource};
use crate::run::Level;
use crate::session::Session;
use crate::web::http::problem::{Outcome, Problem};
use crate::web::monitoring::prometheus::metrics;
use crate::web::openapi::formats;

type WithContentType<T> = ([(HeaderName, &'static str); 1], T);

/// The response of `GET /health`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The state of the displayed run.
    state: RunState,
    version: &'static str,
}

/// Tells that the program responds; requires no token.
#[utoipa::path(
    get, path = "/health", security(()),
    responses((status = 200, body = Health, description = "The program responds.")),
)]
pub(crate) async fn show_health(State(session): State<Session>) -> Json<Health> {
    Json(Health {
        status: "ok",
        state: session.runs().snapshot().state,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Returns the metrics for Prometheus, in text format 0.0.4.
#[utoipa::path(
    get, path = "/metrics",
    responses((status = 200, body = String, content_type = "text/plain", description = "The metrics.")),
)]
pub(crate) async fn show_metrics(State(session): State<Session>) -> WithContentType<String> {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(header::CONTENT_TYPE, kind)],
        metrics(&session.runs().snapshot()),
    )
}

/// The parameters of `GET /api/v1/logs`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogParams {
    /// The number of the last line that the client has; 0 for all lines.
    #[param(value_type = formats::Unsigned, inline)]
    #[serde(default)]
    after: u64,
}

/// The response of `GET /api/v1/logs`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Log)]
pub(crate) struct LogBody {
    lines: Vec<LineBody>,
    /// The number of the newest line; 0 without one.
    last: u64,
    /// Lines that are no longer kept.
    dropped: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogLine)]
struct LineBody {
    number: u64,
    at_unix_ms: u64,
    level: Level,
    source: LogSource,
    text: String,
}

/// Returns the lines of the program's log that are still kept.
#[utoipa::path(
    get, path = "/api/v1/logs", params(LogParams),
    responses(
        (status = 200, body = LogBody, description = "The lines."),
        (status = 400, body = Outcome, description = "`after` is not a number."),
    ),
)]
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
            source: line.source,
            text: line.text,
        }
    }
}
