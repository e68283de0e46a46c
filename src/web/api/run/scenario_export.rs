//! The scenario with the changes of a run: `/api/v1/run/scenario`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::session::{DiffLine, Session};
use crate::web::http::problem::Problem;

/// A scenario with the changes that were made during a run.
#[derive(Debug, Serialize)]
pub(crate) struct ExportBody {
    /// The suggested file name.
    file: String,
    text: String,
    /// Every line: ` `, `-` or `+`, and the line.
    diff: Vec<String>,
}

/// `GET /api/v1/run/scenario`: the scenario of the displayed run with a
/// timeline of all changes.
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
