//! The HTML report on the displayed run.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::report::{HtmlReport, RunFile, Theme, html, html_policy};
use crate::session::Session;
use crate::web::http::problem::Problem;

/// The parameters of the report, as Locust has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReportParams {
    /// `dark` or `light`; anything else follows the system.
    theme: String,
    /// Any value: sends the page as a file to save.
    download: String,
}

/// `GET /stats/report`: the run as it is now.
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
    let theme = match &*query.theme {
        "dark" => Theme::Dark,
        "light" => Theme::Light,
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
    if query.download.is_empty() {
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
