//! Locust's routes that only read: ratios, exceptions, logs, CSV files; and a
//! CSV file of our own.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::locust::{
    Exceptions, LogLevel, LogLine, StatsRequests, TaskRatios, csv, download_name, zoned,
};
use crate::probes::host;
use crate::run::Snapshot;
use crate::session::Session;
use crate::web::http::problem::{Outcome, Problem};
use crate::web::openapi::references;

/// Locust's route: the statistics.
#[utoipa::path(
    get, path = "/stats/requests",
    responses((status = 200, body = StatsRequests, description = "The statistics.")),
)]
pub(crate) async fn show_stats(State(session): State<Session>) -> Json<StatsRequests> {
    Json(StatsRequests::new(&session.runs().snapshot()))
}

/// Locust's route: failures of tasks that do not belong to a request.
#[utoipa::path(
    get, path = "/exceptions",
    responses((status = 200, body = Exceptions, description = "The failures.")),
)]
pub(crate) async fn show_exceptions(State(session): State<Session>) -> Json<Exceptions> {
    Json(Exceptions::new(&session.runs().snapshot()))
}

/// Locust's route: how often user classes and tasks are picked.
#[utoipa::path(
    get, path = "/tasks",
    responses((status = 200, body = references::Tasks, description = "The ratios.")),
)]
pub(crate) async fn show_tasks(State(session): State<Session>) -> Json<TaskRatios> {
    Json(TaskRatios::of_run(&session.runs().snapshot()))
}

/// The response of `GET /logs`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Logs {
    #[schema(max_items = 500)]
    master: Vec<String>,
    /// Always empty.
    #[schema(value_type = Object)]
    workers: serde_json::Map<String, Value>,
}

/// Locust's route: the program's log, as Locust formats it.
#[utoipa::path(
    get, path = "/logs",
    responses((status = 200, body = Logs, description = "The lines that are kept.")),
)]
pub(crate) async fn show_logs(State(session): State<Session>) -> Json<Logs> {
    let host = host::host_name().unwrap_or_else(|| "local".to_owned());
    let zone = TimeZone::system();
    let lines = session.log().after(0).into_iter().map(|line| {
        let log_line = LogLine {
            time: zoned(line.at_unix_ms, &zone).datetime(),
            host: &host,
            level: LogLevel::from(line.level),
            logger: line.source.as_str(),
            message: &line.text,
        };
        log_line.to_string()
    });
    Json(Logs {
        master: lines.collect(),
        workers: serde_json::Map::new(),
    })
}

/// The response of `GET /worker-count`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkerCount {
    /// Always 0.
    worker_count: u32,
}

/// Locust's route: the number of workers.
#[utoipa::path(
    get, path = "/worker-count",
    responses((status = 200, body = WorkerCount, description = "Always 0.")),
)]
pub(crate) async fn count_workers() -> Json<WorkerCount> {
    Json(WorkerCount { worker_count: 0 })
}

/// Locust's route: the statistics as CSV.
#[utoipa::path(
    get, path = "/stats/requests/csv",
    responses((status = 200, body = String, content_type = "text/csv", description = "A row for each name; lines end with CRLF.")),
)]
pub(crate) async fn download_requests(State(session): State<Session>) -> Response {
    download(&session, "requests.csv", |snapshot| {
        csv::stats(&snapshot.tables)
    })
}

/// Locust's route: failed requests as CSV.
#[utoipa::path(
    get, path = "/stats/failures/csv",
    responses((status = 200, body = String, content_type = "text/csv", description = "A row for each kind of failure; lines end with CRLF.")),
)]
pub(crate) async fn download_failures(State(session): State<Session>) -> Response {
    download(&session, "failures.csv", |snapshot| {
        let started_unix_ms = snapshot.run.as_ref().map_or(0, |run| run.started_unix_ms);
        csv::failures(&snapshot.tables, started_unix_ms)
    })
}

/// Returns the Response time (with queueing) of each name as CSV; lines end with CRLF.
#[utoipa::path(
    get, path = "/api/v1/run/response.csv",
    responses((status = 200, body = String, content_type = "text/csv", description = "A row for each name, then Aggregated; only the headings without planned starts.")),
)]
pub(crate) async fn download_response(State(session): State<Session>) -> Response {
    download(&session, "response.csv", |snapshot| {
        csv::response(&snapshot.tables)
    })
}

/// Locust's route: failures of tasks that do not belong to a request, as CSV.
#[utoipa::path(
    get, path = "/exceptions/csv",
    responses((status = 200, body = String, content_type = "text/csv", description = "A row for each kind of failure; lines end with CRLF.")),
)]
pub(crate) async fn download_exceptions(State(session): State<Session>) -> Response {
    download(&session, "exceptions.csv", |snapshot| {
        csv::exceptions(&snapshot.tables)
    })
}

/// Locust's route: redirects to the dashboard, which has no login.
#[utoipa::path(
    get, path = "/login",
    responses((status = 302, description = "To the dashboard.")),
)]
pub(crate) async fn login() -> Response {
    // Relative, so that it works below a base path too.
    (StatusCode::FOUND, [(header::LOCATION, "./")]).into_response()
}

/// Locust's route: refused, as user classes are changed in the scenario file.
#[utoipa::path(
    post, path = "/user", request_body = Object,
    responses((status = 400, body = Outcome, description = "Not possible.")),
)]
pub(crate) async fn change_user_class(body: Result<Json<Value>, JsonRejection>) -> Problem {
    match body {
        Err(rejection) => rejection.into(),
        Ok(_) => Problem::bad_request(
            "user classes cannot be changed here; edit the scenario file (it reloads when \
             saved) or use --set",
            None,
        ),
    }
}

fn download(session: &Session, what: &str, table: fn(&Snapshot) -> Vec<u8>) -> Response {
    let snapshot = session.runs().snapshot();
    (attachment(&snapshot, what), table(&snapshot)).into_response()
}

/// The headers of a file about the displayed run.
pub(super) fn attachment(snapshot: &Snapshot, what: &str) -> [(HeaderName, String); 3] {
    let name = download_name(snapshot.run.as_deref(), &TimeZone::system(), what);
    [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment;filename={name}"),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}
