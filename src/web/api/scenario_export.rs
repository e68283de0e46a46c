//! A run as a scenario: `/api/v1/run/scenario`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::scenario::DiffLine;
use crate::session::Session;
use crate::web::http::problem::Problem;

/// A scenario with what was changed in a run of it.
#[derive(Debug, Serialize)]
pub(crate) struct SavedBody {
    /// A name for the file.
    file: String,
    text: String,
    /// Every line: ` `, `-` or `+`, and the line.
    diff: Vec<String>,
}

/// `GET /api/v1/run/scenario`: the scenario of the run on show with a timeline of
/// everything that was changed in it.
pub(crate) async fn show_scenario_export(
    State(session): State<Session>,
) -> Result<Json<SavedBody>, Problem> {
    let played = session.played().await?;
    let lines = played.saved.diff.iter().map(|line| match line {
        DiffLine::Kept(line) => format!(" {line}"),
        DiffLine::Removed(line) => format!("-{line}"),
        DiffLine::Added(line) => format!("+{line}"),
    });
    Ok(Json(SavedBody {
        file: played.file,
        diff: lines.collect(),
        text: played.saved.text,
    }))
}
