//! What is asked of a suite, and which scenarios it runs.

use std::time::Duration;

use crate::run::Consent;
use crate::scenario::{RunOptions, RunTime};
use crate::session::catalog::{Catalog, CatalogEntry};
use crate::session::error::SessionError;
use crate::session::launch::Initiator;
use crate::session::state::Defaults;
use crate::session::suite::entry::{End, SuiteEntry};

/// The most scenarios of a suite: the files of its runs are kept in memory.
pub(crate) const ENTRIES_MAX: usize = 50;

/// What is preset for the target to recover between two runs.
pub const COOL_DOWN: Duration = Duration::from_secs(10);

/// What is asked of a suite.
#[derive(Clone, Debug, Default)]
pub struct SuiteOptions {
    /// Ids or names; `None` for all that end by themselves.
    pub scenarios: Option<Vec<String>>,
    /// The target; each scenario's own if `None`.
    pub host: Option<String>,
    /// When each run stops by itself.
    pub run_time: RunTime,
    /// How long the target may recover between two runs.
    pub cool_down: Option<Duration>,
    /// What is said about its targets.
    pub consent: Consent,
    /// Who asks for it.
    pub asker: Initiator,
}

/// Which of the scenarios on offer "all" are.
#[derive(Debug, Default)]
pub struct AllScenarios<'a> {
    /// Those that end by themselves.
    pub ending: Vec<&'a CatalogEntry>,
    /// Those that do not, and are left out. Broken ones are in neither.
    pub endless: Vec<&'a CatalogEntry>,
    /// How long the runs take; `None` where one ends when so much is done.
    pub runs_take: Option<Duration>,
}

impl<'a> AllScenarios<'a> {
    /// Of the scenarios on offer, run as it is wished.
    pub fn of(catalog: &'a Catalog, wish: &RunOptions) -> Self {
        let mut all = Self {
            runs_take: Some(Duration::ZERO),
            ..Self::default()
        };
        for offered in catalog.iter() {
            let Ok(loaded) = offered.loaded() else {
                continue;
            };
            match End::of(&loaded.scenario, wish) {
                End::After(time) => {
                    all.ending.push(offered);
                    all.runs_take = all.runs_take.map(|sum| sum.saturating_add(time));
                }
                End::Done => {
                    all.ending.push(offered);
                    all.runs_take = None;
                }
                End::Never => all.endless.push(offered),
            }
        }
        all
    }
}

/// What is to be run, or the first thing that stands in the way.
pub(super) fn entries(
    catalog: &Catalog,
    defaults: &Defaults,
    asked: &SuiteOptions,
) -> Result<Vec<SuiteEntry>, SessionError> {
    let wish = RunOptions {
        host: asked.host.clone(),
        run_time: asked.run_time,
        ..RunOptions::default()
    };
    let wish = wish.or(&defaults.wish());
    let offered = match &asked.scenarios {
        None => AllScenarios::of(catalog, &wish).ending,
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
        SuiteEntry::new(&*offered.id, loaded, &wish).map_err(|error| SessionError::SuiteEntry {
            name: offered.name().to_owned(),
            error,
        })
    });
    entries.collect()
}
