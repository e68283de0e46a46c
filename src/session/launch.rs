//! Starts runs, for the page, programs and the command line.

use std::borrow::Cow;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::model::FindLimitOptions;
use crate::run::{Author, Consent};
use crate::scenario::{Loaded, RunOptions};
use crate::session::dead_man::Watched;
use crate::session::error::SessionError;
use crate::session::prepared_run::{PreparedRun, StartedRun};
use crate::session::state::Session;

/// A request to start a run; defaults fill in what it leaves out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// The id or name of a scenario.
    pub(crate) scenario: Option<String>,
    /// The user classes to run; all available ones if `None`.
    pub(crate) classes: Option<Vec<String>>,
    pub(crate) options: RunOptions,
    pub(crate) by: Option<Author>,
    /// Confirmations of its targets.
    pub(crate) consent: Consent,
    pub(crate) initiator: Initiator,
}

/// Who requests a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Initiator {
    /// A page of the dashboard, which then watches the run.
    Page,
    /// A program, or the command line.
    #[default]
    Program,
}

impl Session {
    /// Starts a run with the defaults, like a click on Start or Find the limit.
    /// The command line confirms its targets.
    pub(crate) async fn autostart(
        &self,
        find_limit: Option<FindLimitOptions>,
    ) -> Result<(), SessionError> {
        let start = Start {
            options: RunOptions {
                find_limit,
                ..RunOptions::default()
            },
            consent: Consent::All,
            ..Start::default()
        };
        self.start(start).await.map(drop)
    }

    /// Starts a run; defaults fill in what `start` leaves out.
    pub(crate) async fn start(&self, start: Start) -> Result<Arc<StartedRun>, SessionError> {
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
        let planned = PreparedRun::new(&loaded, &start.options, &self.defaults.options())?;
        let planned = planned
            .remark(loaded.unselected_of(whole))
            .with(start.consent);
        self.wait_until_ready().await?;
        let started = Arc::new(planned.start(&self.runs, start.by).await?);
        if start.initiator == Initiator::Page {
            self.dead_man.watch(Watched::Run(started.run.id.clone()));
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
