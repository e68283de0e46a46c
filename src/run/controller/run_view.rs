//! A run as its statistics, evaluation and notices see it.

use crate::run::controller::counting::Counting;
use crate::run::controller::run_end::RunEnd;
use crate::run::controller::run_facts::RunFacts;
use crate::run::controller::run_task::phase::Phase;
use crate::run::edits::edit_history::EditHistory;
use crate::run::edits::steering::Steering;
use crate::run::evaluate::run_faults::RunFaults;
use crate::run::limit::search::LimitSearch;

/// The parts of a run at a moment; nothing that is made from them changes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunView<'r> {
    pub(crate) phase: &'r Phase,
    pub(crate) facts: &'r RunFacts,
    pub(crate) counting: &'r Counting,
    pub(crate) steering: &'r Steering,
    pub(crate) history: &'r EditHistory,
    pub(crate) ending: &'r RunEnd,
    pub(crate) faults: &'r RunFaults,
    pub(crate) search: Option<&'r LimitSearch>,
    pub(crate) elapsed_us: u64,
    /// Whether all iterations of the run have been started.
    pub(crate) is_exhausted: bool,
}

impl RunView<'_> {
    /// The duration of the load, up to its end once it has ended.
    pub(crate) fn measured_us(&self) -> u64 {
        self.ending.load_ended_us().unwrap_or(self.elapsed_us)
    }

    /// Whether a limit search steers the load.
    pub(crate) fn is_searching(&self) -> bool {
        self.search.is_some_and(LimitSearch::is_active)
    }

    /// Whether the load is the planned one: no burst, no pause, no search, and no
    /// change by an operator.
    pub(crate) fn is_load_as_planned(&self, at_us: u64) -> bool {
        let is_paused = self.phase.paused_since_us().is_some();
        self.search.is_none() && !is_paused && self.steering.is_as_planned(at_us)
    }
}
