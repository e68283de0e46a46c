//! The HTML report on the displayed run.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::report::{HtmlReport, RunFile, Theme, html, html_policy};
use crate::session::Session;
use crate::web::http::problem::{Outcome, Problem};

/// The parameters of the report, as Locust has them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportParams {
    /// `dark` or `light`; anything else follows the system.
    theme: Option<String>,
    /// Any value: sends the page as a file to save.
    download: Option<String>,
}

/// Locust's route: the report on the displayed run, as one self-contained page.
#[utoipa::path(
    get, path = "/stats/report", params(ReportParams),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "The report."),
        (status = 400, body = Outcome, description = "A parameter is repeated."),
        (status = 404, body = Outcome, description = "There is no run."),
    ),
)]
pub(crate) async fn show_report(
    State(session): State<Session>,
    query: Result<Query<ReportParams>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query?;
    let run = session.run_file().ok_or_else(Problem::no_run)?;
    let name = file_name(&run);
    render_page(vec![run], query, &name).await
}

/// Renders a report as a page, or as a file of this name.
pub(in crate::web) async fn render_page(
    runs: Vec<RunFile>,
    query: ReportParams,
    name: &str,
) -> Result<Response, Problem> {
    let theme = match query.theme.as_deref() {
        Some("dark") => Theme::Dark,
        Some("light") => Theme::Light,
        _ => Theme::System,
    };
    // Up to a second of work for a long run: viewers must not wait for it.
    let rendered = tokio::task::spawn_blocking(move || html(&HtmlReport { runs: &runs, theme }));
    let page = rendered
        .await
        .map_err(|error| Problem::unrendered(&error))?;
    let page = page.map_err(|error| Problem::unrendered(&error))?;
    let policy = format!("{}; frame-ancestors 'none'", html_policy());
    let fields = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    if query.download.is_none_or(|value| value.is_empty()) {
        return Ok((fields, page).into_response());
    }
    let kept = format!("attachment; filename=\"{name}\"");
    Ok((fields, [(header::CONTENT_DISPOSITION, kept)], page).into_response())
}

/// The scenario and the run's id, in characters that every file system accepts.
fn file_name(run: &RunFile) -> String {
    let words = run.run.scenario.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join("_").chars().take(60).collect();
    format!("swarmdeck_{name}_{}.html", run.run.id)
}
