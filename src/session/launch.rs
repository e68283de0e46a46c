//! Starting a run, whoever asks for it.

use std::borrow::Cow;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::model::FindLimitWish;
use crate::run::{Author, Consent};
use crate::scenario::{Loaded, RunOptions};
use crate::session::dead_man::Charge;
use crate::session::error::SessionError;
use crate::session::prepared_run::{PreparedRun, StartedRun};
use crate::session::state::Session;

/// What a run is to be started with; what is not said is preset.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The id or name of a scenario.
    pub scenario: Option<String>,
    /// The user classes to run; all that are on offer if `None`.
    pub classes: Option<Vec<String>>,
    /// Load, target, times.
    pub wish: RunOptions,
    /// Who starts it, if somebody does.
    pub by: Option<Author>,
    /// What is said about its targets.
    pub consent: Consent,
    /// Who asks for it.
    pub asker: Initiator,
}

/// Who asks for a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Initiator {
    /// A page of the dashboard: somebody who looks.
    Page,
    /// A program, or the command line.
    #[default]
    Program,
}

impl Session {
    /// Starts a run with the defaults, as a click on Start would, or on Find
    /// the limit. The command line that asks for it confirms its targets.
    ///
    /// # Errors
    /// What stands in the way, in words.
    pub async fn start_by_itself(
        &self,
        find_limit: Option<FindLimitWish>,
    ) -> Result<(), SessionError> {
        let start = Start {
            wish: RunOptions {
                find_limit,
                ..RunOptions::default()
            },
            consent: Consent::All,
            ..Start::default()
        };
        self.start(start).await.map(drop)
    }

    /// Starts a run; what is not said comes from the defaults.
    ///
    /// # Errors
    /// What is wrong with the wish, the choice of classes, the scenario or
    /// the target, in words.
    pub async fn start(&self, start: Start) -> Result<Arc<StartedRun>, SessionError> {
        let _permit = self.permit()?;
        let id = start.scenario.as_ref().unwrap_or(&self.defaults.scenario);
        let catalog = self.catalog();
        let entry = catalog
            .find(id)
            .ok_or_else(|| SessionError::unknown_scenario(id, &catalog))?;
        let whole = entry
            .loaded()
            .map_err(|_| SessionError::broken_scenario(entry))?;
        let loaded = match start.classes {
            None => Cow::Borrowed(whole),
            Some(classes) => Cow::Owned(chosen(whole.clone(), classes).await?),
        };
        let planned = PreparedRun::new(&loaded, &start.wish, &self.defaults.wish())?;
        let planned = planned
            .remark(loaded.left_out_of(whole))
            .with(start.consent);
        self.wait_until_ready().await?;
        let started = Arc::new(planned.start(&self.runs, start.by).await?);
        if start.asker == Initiator::Page {
            self.dead_man
                .take_charge(Charge::Run(started.run.id.clone()));
        }
        self.started.send_replace(Some(Arc::clone(&started)));
        Ok(started)
    }
}

/// The scenario with these user classes; viewers do not wait for the disk.
async fn chosen(whole: Loaded, classes: Vec<String>) -> Result<Loaded, SessionError> {
    let chosen = spawn_blocking(move || whole.choose(&classes)).await;
    Ok(chosen.map_err(SessionError::Unreadable)??)
}
