//! The run on show as a scenario: its own, with a timeline of what was changed.

use std::time::Duration;

use crate::model::{Change, Edit, RunSpec, Scenario, TimelineEntry};
use crate::scenario::Saved;
use crate::session::error::SessionError;
use crate::session::state::Session;

/// A scenario with what was changed in a run of it.
#[derive(Debug)]
pub struct Played {
    /// A name for its file.
    pub file: String,
    /// Its text, and what is new in it.
    pub saved: Saved,
}

impl Session {
    /// The scenario of the run on show with a timeline of everything that was
    /// changed in it.
    ///
    /// # Errors
    /// There is no run, or its text cannot take a timeline.
    pub async fn played(&self) -> Result<Played, SessionError> {
        let started = self.started.borrow().clone();
        let snapshot = self.runs.snapshot();
        let started = started.filter(|one| one.is(&snapshot));
        let started = started.ok_or(SessionError::NoRun)?;
        let (scenario, original) = started.scenario();
        let mut timeline = begins_with(scenario, &started.spec);
        timeline.extend(self.runs.played().await?);
        let stem = scenario.name.to_lowercase();
        let stem = stem.split(|letter: char| !letter.is_alphanumeric());
        let stem: Vec<_> = stem.filter(|word| !word.is_empty()).collect();
        Ok(Played {
            file: format!("{}_played.yaml", stem.join("_")),
            saved: Saved::new(original, &timeline)?,
        })
    }
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
