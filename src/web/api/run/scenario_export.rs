//! The scenario with the changes of a run: `/api/v1/run/scenario`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::session::{DiffLine, Session};
use crate::web::http::problem::{Outcome, Problem};

/// A scenario with the changes that were made during a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportBody {
    /// The suggested file name.
    file: String,
    text: String,
    /// Every line: ` `, `-` or `+`, and the line.
    diff: Vec<String>,
}

/// Returns the scenario of the displayed run with a timeline of all changes.
#[utoipa::path(
    get, path = "/api/v1/run/scenario",
    responses(
        (status = 200, body = ExportBody, description = "A scenario file."),
        (status = 400, body = Outcome, description = "The layout of the scenario file does not allow additions."),
        (status = 404, body = Outcome, description = "There is no run, or it was not started by this program."),
    ),
)]
pub(crate) async fn export_scenario(
    State(session): State<Session>,
) -> Result<Json<ExportBody>, Problem> {
    let exported = session.export_scenario().await?;
    let lines = exported.export.diff.iter().map(|line| match line {
        DiffLine::Kept(line) => format!(" {line}"),
        DiffLine::Removed(line) => format!("-{line}"),
        DiffLine::Added(line) => format!("+{line}"),
    });
    Ok(Json(ExportBody {
        file: exported.file,
        diff: lines.collect(),
        text: exported.export.text,
    }))
}
