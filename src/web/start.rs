//! Starting a run, whoever asks for it.

use std::borrow::Cow;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::model::RunSpec;
use crate::report::About;
use crate::scenario::{Loaded, Wish};
use crate::web::problem::Problem;
use crate::web::state::{App, machine};

/// What a run is to be started with; what is not said is preset.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// The id or name of a scenario.
    pub(super) scenario: Option<String>,
    /// The user classes to run; all that are on offer if `None`.
    pub(super) classes: Option<Vec<String>>,
    /// Load, target, times.
    pub(super) wish: Wish,
}

/// What was started.
#[derive(Clone, Debug)]
pub(super) struct Started {
    /// The run.
    pub(super) spec: RunSpec,
    /// The names of its user classes.
    pub(super) classes: Vec<String>,
}

impl App {
    /// Starts a run with the defaults, as a click on Start would.
    ///
    /// # Errors
    /// What stands in the way, in words.
    pub async fn start_by_itself(&self) -> Result<(), String> {
        let started = self.start(Start::default()).await;
        started.map(drop).map_err(|problem| problem.message)
    }

    /// Starts a run; what is not said comes from the defaults.
    ///
    /// # Errors
    /// What is wrong with the wish, the choice of classes, the scenario or
    /// the target, in words.
    pub(super) async fn start(&self, start: Start) -> Result<Started, Problem> {
        let _permit = self.permit()?;
        let id = start.scenario.as_ref().unwrap_or(&self.defaults.scenario);
        let catalog = self.catalog();
        let entry = catalog
            .find(id)
            .ok_or_else(|| Problem::unknown_scenario(id, &catalog))?;
        let whole = entry
            .loaded()
            .map_err(|problems| Problem::broken_scenario(entry, problems))?;
        let loaded = match start.classes {
            None => Cow::Borrowed(whole),
            Some(classes) => Cow::Owned(chosen(whole.clone(), classes).await?),
        };
        let wish = start.wish;
        let remarks = [wish.unused_by(&loaded.scenario), loaded.left_out_of(whole)];
        let (mut spec, program) = loaded.plan(&wish.or(&self.defaults.wish()))?;
        spec.remarks.extend(remarks.into_iter().flatten());
        spec.recent = self.kept.recent;
        let about = About::new(&loaded.scenario, &loaded.text, &spec, machine());
        self.runs.start(spec.clone(), Arc::new(program)).await?;
        self.remember(about);
        Ok(Started {
            spec,
            classes: loaded
                .class_names()
                .into_iter()
                .map(str::to_owned)
                .collect(),
        })
    }
}

/// The scenario with these user classes; viewers do not wait for the disk.
async fn chosen(whole: Loaded, classes: Vec<String>) -> Result<Loaded, Problem> {
    let chosen = spawn_blocking(move || whole.choose(&classes)).await;
    let chosen =
        chosen.map_err(|error| Problem::fault("the scenario could not be read", &error))?;
    Ok(chosen?)
}
