//! The parts of a snapshot that are made once a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::run::stats::tables::Tables;
use crate::verdict::{Capacity, CriterionLine, Judgement, PlanLine};

/// The interval between tables.
const TABLES: Duration = Duration::from_secs(1);

/// Tables, and what is judged and drawn with them.
#[derive(Debug, Default)]
pub(crate) struct Published {
    tables: Arc<Tables>,
    made: Option<Instant>,
    judgement: Option<Arc<Judgement>>,
    plan_lines: Arc<[PlanLine]>,
    capacity: Option<Arc<Capacity>>,
}

impl Published {
    /// Whether the tables are to be made; if so, they count as made now.
    pub(crate) fn take_due(&mut self) -> bool {
        let is_fresh = self.made.is_some_and(|made| made.elapsed() < TABLES);
        if !is_fresh {
            self.made = Some(Instant::now());
        }
        !is_fresh
    }

    /// Has the tables made with the next snapshot.
    pub(crate) fn expire(&mut self) {
        self.made = None;
    }

    /// The tables.
    pub(crate) fn tables(&self) -> &Arc<Tables> {
        &self.tables
    }

    /// Replaces the tables.
    pub(crate) fn show_tables(&mut self, tables: Tables) {
        self.tables = Arc::new(tables);
    }

    /// The latest judgement.
    pub(crate) fn judgement(&self) -> Option<&Arc<Judgement>> {
        self.judgement.as_ref()
    }

    /// The criteria as they were judged last.
    pub(crate) fn criteria(&self) -> &[CriterionLine] {
        self.judgement.as_ref().map_or(&[], |one| &one.criteria)
    }

    /// Every plan of task starts, as it was judged last.
    pub(crate) fn plan_lines(&self) -> &Arc<[PlanLine]> {
        &self.plan_lines
    }

    /// Replaces the judgement and the plans that it was made with.
    pub(crate) fn show_judgement(&mut self, judgement: Judgement, plan_lines: Vec<PlanLine>) {
        self.judgement = Some(Arc::new(judgement));
        self.plan_lines = plan_lines.into();
    }

    /// Throughput and times over load.
    pub(crate) fn capacity(&self) -> Option<&Arc<Capacity>> {
        self.capacity.as_ref()
    }

    /// Replaces the capacity curve where it differs: readers know by the pointer
    /// whether it is new.
    pub(crate) fn show_capacity(&mut self, drawn: Option<Arc<Capacity>>) {
        if drawn != self.capacity {
            self.capacity = drawn;
        }
    }
}
