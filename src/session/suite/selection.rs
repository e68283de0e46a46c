//! Options of a suite, and the scenarios they select.

use std::time::Duration;

use crate::run::Consent;
use crate::scenario::{RunOptions, RunTime};
use crate::session::catalog::{Catalog, CatalogEntry};
use crate::session::error::SessionError;
use crate::session::launch::Initiator;
use crate::session::state::Defaults;
use crate::session::suite::entry::{ScenarioEnd, SuiteEntry};

/// The most scenarios of a suite: the files of its runs are kept in memory.
pub(crate) const ENTRIES_MAX: usize = 50;

/// Default time for the target to recover between two runs.
pub(crate) const COOL_DOWN: Duration = Duration::from_secs(10);

/// Options of a suite.
#[derive(Clone, Debug, Default)]
pub(crate) struct SuiteOptions {
    /// Ids or names; `None` for all that end without a stop.
    pub(crate) scenarios: Option<Vec<String>>,
    /// The target; each scenario's own if `None`.
    pub(crate) host: Option<String>,
    /// Run time of each scenario.
    pub(crate) run_time: RunTime,
    /// How long the target may recover between two runs.
    pub(crate) cool_down: Option<Duration>,
    /// Confirmations of its targets.
    pub(crate) consent: Consent,
    pub(crate) initiator: Initiator,
}

/// The available scenarios, by whether "all" includes them.
#[derive(Debug, Default)]
pub(crate) struct AllScenarios<'a> {
    /// Those that end without a stop.
    pub(crate) ending: Vec<&'a CatalogEntry>,
    /// Those that do not, and are skipped. Broken ones are in neither.
    pub(crate) endless: Vec<&'a CatalogEntry>,
    /// Duration of all runs; `None` if one ends by its iterations.
    pub(crate) runs_take: Option<Duration>,
}

impl<'a> AllScenarios<'a> {
    /// Sorts the available scenarios by how they end with these options.
    pub(crate) fn of(catalog: &'a Catalog, options: &RunOptions) -> Self {
        let mut all = Self {
            runs_take: Some(Duration::ZERO),
            ..Self::default()
        };
        for offered in catalog.iter() {
            let Ok(loaded) = offered.loaded() else {
                continue;
            };
            match ScenarioEnd::of(&loaded.scenario, options) {
                ScenarioEnd::After(time) => {
                    all.ending.push(offered);
                    all.runs_take = all.runs_take.map(|sum| sum.saturating_add(time));
                }
                ScenarioEnd::Done => {
                    all.ending.push(offered);
                    all.runs_take = None;
                }
                ScenarioEnd::Never => all.endless.push(offered),
            }
        }
        all
    }
}

/// The scenarios to run, or the first error.
pub(super) fn entries(
    catalog: &Catalog,
    defaults: &Defaults,
    asked: &SuiteOptions,
) -> Result<Vec<SuiteEntry>, SessionError> {
    let options = RunOptions {
        host: asked.host.clone(),
        run_time: asked.run_time,
        ..RunOptions::default()
    };
    let options = options.or(&defaults.options());
    let offered = match &asked.scenarios {
        None => AllScenarios::of(catalog, &options).ending,
        Some(ids) => {
            let found = ids.iter().map(|id| {
                let found = catalog.find(id);
                found.ok_or_else(|| SessionError::unknown_scenario(id, catalog))
            });
            found.collect::<Result<_, _>>()?
        }
    };
    if offered.is_empty() {
        return Err(SessionError::SuiteEmpty);
    }
    if offered.len() > ENTRIES_MAX {
        return Err(SessionError::SuiteTooLong(offered.len()));
    }
    let entries = offered.into_iter().map(|offered| {
        let loaded = offered
            .loaded()
            .map_err(|_| SessionError::broken_scenario(offered))?;
        SuiteEntry::new(&*offered.id, loaded, &options).map_err(|error| SessionError::SuiteEntry {
            name: offered.name().to_owned(),
            error,
        })
    });
    entries.collect()
}
