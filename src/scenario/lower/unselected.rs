//! What a selection leaves out of a scenario: what a criterion of it may speak
//! of, and no program has.

use crate::model::Selector;
use crate::program::{Class, Coverage, Name, Unselected};

/// Parts that were read for their mistakes alone. Bounded by the limits of a scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnselectedParts {
    /// The rows of the statistics that only it has, and perhaps others.
    pub(crate) names: Vec<Name>,
    /// The classes: those that are not selected, and of the selected ones
    /// what has the tasks that are not.
    pub(crate) classes: Vec<Class>,
}

impl UnselectedParts {
    /// Adds the rows and classes of what is not selected.
    pub(crate) fn add(&mut self, names: Vec<Name>, classes: impl IntoIterator<Item = Class>) {
        self.names.extend(names);
        self.classes.extend(classes);
    }

    /// Whether a selector is about something of it.
    pub(crate) fn has(&self, selector: &Selector) -> bool {
        let usage = Coverage::new(&self.names, &self.classes, &[], |_| None);
        !matches!(usage.rows(selector), Err(Unselected::Unknown(_)))
    }

    /// Whether task starts of some of it are planned by their waits.
    pub(crate) fn is_planned(&self) -> bool {
        let mut waits = self.classes.iter().map(|class| &class.wait);
        waits.any(|wait| wait.period_seconds().is_some())
    }
}
