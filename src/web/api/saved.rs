//! A run as a scenario: `/api/v1/run/scenario`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::model::{Change, Edit, RunSpec, Scenario, TimelineEntry};
use crate::scenario::{DiffLine, Saved};
use crate::web::http::problem::Problem;
use crate::web::state::App;

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
pub(crate) async fn show_saved(State(app): State<App>) -> Result<Json<SavedBody>, Problem> {
    let started = app.started().borrow().clone();
    let snapshot = app.runs.snapshot();
    let started = started.filter(|one| one.is(&snapshot));
    let started = started.ok_or_else(Problem::no_run)?;
    let (scenario, original) = started.scenario();
    let mut timeline = begins_with(scenario, &started.spec);
    timeline.extend(app.runs.played().await?);
    let saved = Saved::new(original, &timeline)
        .map_err(|error| Problem::bad_request(error.to_string(), None))?;
    let lines = saved.diff.iter().map(|line| match line {
        DiffLine::Kept(line) => format!(" {line}"),
        DiffLine::Removed(line) => format!("-{line}"),
        DiffLine::Added(line) => format!("+{line}"),
    });
    let stem = scenario.name.to_lowercase();
    let stem = stem.split(|letter: char| !letter.is_alphanumeric());
    let stem: Vec<_> = stem.filter(|word| !word.is_empty()).collect();
    Ok(Json(SavedBody {
        file: format!("{}_played.yaml", stem.join("_")),
        diff: lines.collect(),
        text: saved.text,
    }))
}

/// What a run was started with that is not as its scenario says.
fn begins_with(scenario: &Scenario, spec: &RunSpec) -> Vec<TimelineEntry> {
    let own = scenario.steered();
    let load = spec.steered().filter(|load| own != Some(*load));
    let load = load.map(|load| {
        Change::Load(Edit {
            users: Some(f64::from(load.users)),
            spawn_rate: Some(load.spawn_rate),
            rate: None,
        })
    });
    let is_other = scenario.run_time != spec.run_time;
    let run_time = is_other.then_some(Change::RunTime(spec.run_time));
    let changes = load.into_iter().chain(run_time);
    let entry = |change| TimelineEntry {
        at: Duration::ZERO,
        change,
    };
    changes.map(entry).collect()
}
