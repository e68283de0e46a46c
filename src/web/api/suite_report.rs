//! Reports on the last suite: `/api/v1/suite/report.*`.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::output::Format;
use crate::report::RunFile;
use crate::session::Session;
use crate::web::api::locust::report::{ReportParams, render_page};
use crate::web::http::problem::{Outcome, Problem};
use crate::web::openapi::formats;

/// Which of the runs to report on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunParams {
    /// The number of a run, from 1; by default all that have ended.
    #[param(value_type = formats::Unsigned, inline, required = false)]
    run: Option<usize>,
}

type Selected = Result<Query<RunParams>, QueryRejection>;

/// Returns the report on the runs of the last suite that have ended, as one self-contained page.
#[utoipa::path(
    get, path = "/api/v1/suite/report.html", params(RunParams, ReportParams),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "The report."),
        (status = 400, body = Outcome, description = "`run` is not a number, or a parameter is repeated."),
        (status = 404, body = Outcome, description = "No such run has ended."),
    ),
)]
pub(crate) async fn show_suite_page(
    State(session): State<Session>,
    which: Selected,
    query: Result<Query<ReportParams>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query?;
    render_page(files(&session, which)?, query, "swarmdeck_suite.html").await
}

/// Returns the report on the runs of the last suite that have ended, as a Markdown document.
#[utoipa::path(
    get, path = "/api/v1/suite/report.md", params(RunParams),
    responses(
        (status = 200, body = String, content_type = "text/markdown", description = "The report."),
        (status = 400, body = Outcome, description = "`run` is not a number, or a parameter is repeated."),
        (status = 404, body = Outcome, description = "No such run has ended."),
    ),
)]
pub(crate) async fn show_suite_document(
    State(session): State<Session>,
    which: Selected,
) -> Result<Response, Problem> {
    let kind = "text/markdown; charset=utf-8";
    render(files(&session, which)?, Format::Markdown, kind).await
}

/// Returns the report on the runs of the last suite that have ended, as run files with verdicts.
#[utoipa::path(
    get, path = "/api/v1/suite/report.json", params(RunParams),
    responses(
        (status = 200, body = Object, description = "The report."),
        (status = 400, body = Outcome, description = "`run` is not a number, or a parameter is repeated."),
        (status = 404, body = Outcome, description = "No such run has ended."),
    ),
)]
pub(crate) async fn show_suite_json(
    State(session): State<Session>,
    which: Selected,
) -> Result<Response, Problem> {
    render(files(&session, which)?, Format::Json, "application/json").await
}

/// Returns the report on the runs of the last suite that have ended, as JUnit XML.
#[utoipa::path(
    get, path = "/api/v1/suite/report.xml", params(RunParams),
    responses(
        (status = 200, body = String, content_type = "application/xml", description = "The report."),
        (status = 400, body = Outcome, description = "`run` is not a number, or a parameter is repeated."),
        (status = 404, body = Outcome, description = "No such run has ended."),
    ),
)]
pub(crate) async fn show_suite_junit(
    State(session): State<Session>,
    which: Selected,
) -> Result<Response, Problem> {
    render(files(&session, which)?, Format::Junit, "application/xml").await
}

/// The files of the runs that have ended.
fn files(session: &Session, which: Selected) -> Result<Vec<RunFile>, Problem> {
    let Query(which) = which?;
    let progress = session.suites().progress().ok_or_else(Problem::no_run)?;
    let files: Vec<_> = match which.run {
        None => progress.files().map(|file| (**file).clone()).collect(),
        Some(number) => {
            let step = number.checked_sub(1).and_then(|at| progress.steps.get(at));
            let file = step.and_then(|step| step.file());
            file.map(|file| (**file).clone()).into_iter().collect()
        }
    };
    if files.is_empty() {
        return Err(Problem::no_run());
    }
    Ok(files)
}

async fn render(
    runs: Vec<RunFile>,
    format: Format,
    kind: &'static str,
) -> Result<Response, Problem> {
    // Viewers must not wait for it.
    let text = tokio::task::spawn_blocking(move || format.render(&runs));
    let text = text.await.map_err(|error| Problem::unrendered(&error))?;
    let text = text.map_err(|error| Problem::unrendered(&error))?;
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
