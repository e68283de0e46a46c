//! The reports on the last suite: `/api/v1/suite/report.*`.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::output::Format;
use crate::report::RunFile;
use crate::session::Session;
use crate::web::api::report::{Asked, page};
use crate::web::http::problem::Problem;

/// Which of the runs.
#[derive(Debug, Deserialize)]
pub(crate) struct RunQuery {
    /// The number of one, from 1; all that have ended without it.
    run: Option<usize>,
}

type Which = Result<Query<RunQuery>, QueryRejection>;

/// `GET /api/v1/suite/report.html`.
pub(crate) async fn show_suite_page(
    State(session): State<Session>,
    which: Which,
    query: Asked,
) -> Result<Response, Problem> {
    let Query(query) = query?;
    page(files(&session, which)?, query, "swarmdeck_suite.html").await
}

/// `GET /api/v1/suite/report.md`.
pub(crate) async fn show_suite_document(
    State(session): State<Session>,
    which: Which,
) -> Result<Response, Problem> {
    let kind = "text/markdown; charset=utf-8";
    made(files(&session, which)?, Format::Markdown, kind).await
}

/// `GET /api/v1/suite/report.json`.
pub(crate) async fn show_suite_json(
    State(session): State<Session>,
    which: Which,
) -> Result<Response, Problem> {
    made(files(&session, which)?, Format::Json, "application/json").await
}

/// `GET /api/v1/suite/report.xml`.
pub(crate) async fn show_suite_junit(
    State(session): State<Session>,
    which: Which,
) -> Result<Response, Problem> {
    made(files(&session, which)?, Format::Junit, "application/xml").await
}

/// The files of the runs that have ended.
fn files(session: &Session, which: Which) -> Result<Vec<RunFile>, Problem> {
    let Query(which) = which?;
    let progress = session.suites().progress().ok_or_else(Problem::no_run)?;
    let files: Vec<_> = match which.run {
        None => progress.files().map(|file| (**file).clone()).collect(),
        Some(number) => {
            let leg = number.checked_sub(1).and_then(|at| progress.legs.get(at));
            let file = leg.and_then(|leg| leg.file());
            file.map(|file| (**file).clone()).into_iter().collect()
        }
    };
    if files.is_empty() {
        return Err(Problem::no_run());
    }
    Ok(files)
}

async fn made(runs: Vec<RunFile>, format: Format, kind: &'static str) -> Result<Response, Problem> {
    // Viewers must not wait for it.
    let made = tokio::task::spawn_blocking(move || format.render(&runs));
    let text = made.await.map_err(|error| Problem::unmade(&error))?;
    let text = text.map_err(|error| Problem::unmade(&error))?;
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
