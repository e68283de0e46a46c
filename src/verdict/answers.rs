//! The answers of a name, by what the scenario means to get.

use crate::model::{Failure, NameId, NameIntent};
use crate::stats::{Failures, NameTotals};
use crate::verdict::Evidence;

/// Names with fewer answers than this are not judged.
pub(crate) const FEWEST_ANSWERS: u64 = 20;

/// A status by which a target turns a request away before its service sees it.
pub(crate) fn is_turned_away(status: u16) -> bool {
    matches!(status, 401 | 403 | 404)
}

/// The status of a rate limit.
pub(crate) const RATE_LIMIT: u16 = 429;

/// The answers of one name. Those that its steps want, like the 404 that a step
/// expects after a delete, are told apart from those that they got.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameAnswers<'a> {
    /// Which name.
    pub(crate) id: NameId,
    /// Its method and name.
    pub(crate) name: &'a str,
    /// Its counts.
    pub(crate) row: &'a NameTotals,
    intent: Option<&'a NameIntent>,
    failures: &'a Failures,
}

impl<'a> NameAnswers<'a> {
    /// The answers of each name, in the order of the program.
    pub(crate) fn all(evidence: &Evidence<'a>) -> impl Iterator<Item = Self> {
        let Evidence {
            totals,
            names,
            intents,
            ..
        } = *evidence;
        let rows = names.iter().zip(&totals.names).enumerate();
        rows.map(move |(at, (name, row))| Self {
            id: NameId::from(at),
            name,
            row,
            intent: intents.get(at),
            failures: &totals.failures,
        })
    }

    /// Those that are judged: not the wanted ones, except where a name has no
    /// others.
    pub(crate) fn judged(&self) -> u64 {
        let all = self.row.statuses.count(|_| true);
        match self.intent {
            Some(intent) if !intent.wants_errors_only => all.saturating_sub(self.wanted(|_| true)),
            _ => all,
        }
    }

    /// Answers with one of these statuses that no step wanted.
    pub(crate) fn unwanted(&self, of: impl Fn(u16) -> bool + Copy) -> u64 {
        let all = self.row.statuses.count(of);
        all.saturating_sub(self.wanted(of))
    }

    /// Answers with one of these statuses that were accepted by a step which
    /// wanted them.
    fn wanted(&self, of: impl Fn(u16) -> bool) -> u64 {
        let Some(intent) = self.intent.filter(|intent| !intent.wanted.is_empty()) else {
            return 0;
        };
        let pairs = self.row.statuses.pairs().iter();
        let wanted = pairs.filter(|(status, _)| intent.wants(*status) && of(*status));
        let accepted = wanted.map(|(status, count)| {
            let refused = self.failures.of(self.id, Failure::Status(*status));
            count.saturating_sub(refused)
        });
        accepted.sum()
    }

    /// Whether users send it before their first task.
    pub(crate) fn is_in_on_start(&self) -> bool {
        self.intent.is_some_and(|intent| intent.is_in_on_start)
    }
}
