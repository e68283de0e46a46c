//! The displayed run as a scenario: its own, with a timeline of the edits.

use std::time::Duration;

use crate::model::{Change, Edit, RunSpec, Scenario, TimelineEntry};
use crate::scenario::ScenarioExport;
use crate::session::error::SessionError;
use crate::session::state::Session;

/// A scenario with the edits of a run, and a name for its file.
#[derive(Debug)]
pub(crate) struct ExportedScenario {
    pub(crate) file: String,
    pub(crate) export: ScenarioExport,
}

impl Session {
    /// Exports the scenario of the displayed run with all its edits as a timeline.
    pub(crate) async fn export_scenario(&self) -> Result<ExportedScenario, SessionError> {
        let started = self.started.borrow().clone();
        let snapshot = self.runs.snapshot();
        let started = started.filter(|one| one.is(&snapshot));
        let started = started.ok_or(SessionError::NoRun)?;
        let (scenario, original) = started.scenario();
        let mut timeline = differing_options(scenario, &started.spec);
        timeline.extend(self.runs.played_timeline().await?);
        let stem = scenario.name.to_lowercase();
        let stem = stem.split(|letter: char| !letter.is_alphanumeric());
        let stem: Vec<_> = stem.filter(|word| !word.is_empty()).collect();
        Ok(ExportedScenario {
            file: format!("{}_played.yaml", stem.join("_")),
            export: ScenarioExport::new(original, &timeline)?,
        })
    }
}

/// The run options that differ from the scenario.
fn differing_options(scenario: &Scenario, spec: &RunSpec) -> Vec<TimelineEntry> {
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
