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

use crate::locust::{
    Exceptions, LogLevel, LogLine, StatsRequests, TaskRatios, csv, download_name, zoned,
};
use crate::probes::host;
use crate::run::Snapshot;
use crate::session::Session;
use crate::web::http::problem::Problem;

/// `GET /stats/requests`.
pub(crate) async fn show_stats(State(session): State<Session>) -> Json<StatsRequests> {
    Json(StatsRequests::new(&session.runs().snapshot()))
}

/// `GET /exceptions`.
pub(crate) async fn show_exceptions(State(session): State<Session>) -> Json<Exceptions> {
    Json(Exceptions::new(&session.runs().snapshot()))
}

/// `GET /tasks`.
pub(crate) async fn show_tasks(State(session): State<Session>) -> Json<TaskRatios> {
    Json(TaskRatios::of_run(&session.runs().snapshot()))
}

/// The response of `GET /logs`.
#[derive(Debug, Serialize)]
pub(crate) struct Logs {
    master: Vec<String>,
    workers: serde_json::Map<String, Value>,
}

/// `GET /logs`: the lines kept, as Locust formats them.
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
#[derive(Debug, Serialize)]
pub(crate) struct WorkerCount {
    worker_count: u32,
}

/// `GET /worker-count`: there are no workers.
pub(crate) async fn count_workers() -> Json<WorkerCount> {
    Json(WorkerCount { worker_count: 0 })
}

/// `GET /stats/requests/csv`.
pub(crate) async fn download_requests(State(session): State<Session>) -> Response {
    download(&session, "requests.csv", |snapshot| {
        csv::stats(&snapshot.tables)
    })
}

/// `GET /stats/failures/csv`.
pub(crate) async fn download_failures(State(session): State<Session>) -> Response {
    download(&session, "failures.csv", |snapshot| {
        let started_unix_ms = snapshot.run.as_ref().map_or(0, |run| run.started_unix_ms);
        csv::failures(&snapshot.tables, started_unix_ms)
    })
}

/// `GET /api/v1/run/response.csv`.
pub(crate) async fn download_response(State(session): State<Session>) -> Response {
    download(&session, "response.csv", |snapshot| {
        csv::response(&snapshot.tables)
    })
}

/// `GET /exceptions/csv`.
pub(crate) async fn download_exceptions(State(session): State<Session>) -> Response {
    download(&session, "exceptions.csv", |snapshot| {
        csv::exceptions(&snapshot.tables)
    })
}

/// `GET /login`: redirects to the dashboard, which has no login.
pub(crate) async fn login() -> Response {
    // Relative, so that it works below a base path too.
    (StatusCode::FOUND, [(header::LOCATION, "./")]).into_response()
}

/// `POST /user`: refused. Locust changes a user class here until it exits; our
/// classes are in a file.
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
