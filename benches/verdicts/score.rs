//! How often the program was right.

use std::collections::{BTreeMap, BTreeSet};

use super::label::{ExpectedCause, Label};
use super::outcome::{Reported, Verdict};

/// A run with what it had to be called and what it was called.
#[derive(Clone, Debug)]
pub(crate) struct ScoredRun {
    /// Which run.
    pub(crate) id: String,
    /// Its family.
    pub(crate) family: &'static str,
    /// What it had to be called.
    pub(crate) label: Label,
    /// What it was called.
    pub(crate) reported: Reported,
}

/// The family of the runs in which nothing is wrong.
pub(crate) const HEALTHY: &str = "healthy";

/// What the naming of causes came to, micro-averaged: over all names of all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Naming {
    /// Causes that were due and named.
    pub(crate) hits: u32,
    /// Causes that were due and not named.
    pub(crate) misses: u32,
    /// Names that were wrong.
    pub(crate) wrong: u32,
}

/// What was named of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedCauses<'a> {
    /// Whether the cause was.
    pub(crate) is_right: bool,
    /// What else was that has no place there.
    pub(crate) wrong: Vec<&'a str>,
}

/// Rows by what was due, columns by what was said.
pub(crate) type Matrix = BTreeMap<String, BTreeMap<String, u32>>;

impl ScoredRun {
    /// Whether the verdict is a right one.
    pub(crate) fn is_right(&self) -> bool {
        self.label.verdicts.contains(&self.reported.verdict)
    }

    /// Passed, and should not have.
    pub(crate) fn is_false_pass(&self) -> bool {
        self.reported.verdict == Verdict::Pass && !self.is_right()
    }

    /// Healthy, and not taken for it.
    pub(crate) fn is_false_alarm(&self) -> bool {
        let is_alarm = matches!(self.reported.verdict, Verdict::Fail | Verdict::Invalid);
        self.family == HEALTHY && is_alarm && !self.is_right()
    }

    /// Whether its verdict is not right, its cause not named, or something else is.
    pub(crate) fn has_miss(&self) -> bool {
        let named = self.named();
        let is_missed =
            matches!(self.label.expected_cause, ExpectedCause::Certainly(_)) && !named.is_right;
        !self.is_right() || is_missed || !named.wrong.is_empty()
    }

    /// The verdicts that are right, in a word.
    pub(crate) fn expected(&self) -> String {
        let words: Vec<&str> = self
            .label
            .verdicts
            .iter()
            .map(|verdict| verdict.word())
            .collect();
        words.join(" or ")
    }

    /// What was named, against what was due.
    pub(crate) fn named(&self) -> NamedCauses<'_> {
        let (right, besides) = match self.label.expected_cause {
            ExpectedCause::Nothing => (&[][..], &[][..]),
            ExpectedCause::Perhaps(cause) | ExpectedCause::Certainly(cause) => {
                let ids = cause.ids();
                (ids.right, ids.besides)
            }
        };
        let all: BTreeSet<&str> = self.reported.named.iter().map(String::as_str).collect();
        NamedCauses {
            is_right: all.iter().any(|id| right.contains(id)),
            wrong: all
                .into_iter()
                .filter(|id| !right.contains(id) && !besides.contains(id))
                .collect(),
        }
    }
}

impl Naming {
    /// Of these runs.
    pub(crate) fn of(runs: &[ScoredRun]) -> Self {
        let mut naming = Self::default();
        for run in runs {
            let named = run.named();
            if matches!(run.label.expected_cause, ExpectedCause::Certainly(_)) {
                naming.hits += u32::from(named.is_right);
                naming.misses += u32::from(!named.is_right);
            }
            naming.wrong += u32::try_from(named.wrong.len()).unwrap_or(u32::MAX);
        }
        naming
    }

    /// The share of names that are right; 1 of none.
    pub(crate) fn precision(self) -> f64 {
        share(self.hits, self.wrong)
    }

    /// The share of causes that were named; 1 of none.
    pub(crate) fn recall(self) -> f64 {
        share(self.hits, self.misses)
    }
}

fn share(part: u32, rest: u32) -> f64 {
    let whole = part + rest;
    if whole == 0 {
        return 1.0;
    }
    f64::from(part) / f64::from(whole)
}

/// Verdict against label.
pub(crate) fn verdicts(runs: &[ScoredRun]) -> Matrix {
    let mut matrix = Matrix::new();
    for run in runs {
        let row = matrix.entry(run.expected()).or_default();
        *row.entry(run.reported.verdict.word().to_owned())
            .or_default() += 1;
    }
    matrix
}

/// Named cause against label. A run with several names is in the column of the
/// right one, else of the first.
pub(crate) fn causes(runs: &[ScoredRun]) -> Matrix {
    let mut matrix = Matrix::new();
    for run in runs {
        let expected_cause = match run.label.expected_cause {
            ExpectedCause::Nothing => "nothing".to_owned(),
            ExpectedCause::Perhaps(cause) => format!("{} or nothing", cause.word()),
            ExpectedCause::Certainly(cause) => cause.word().to_owned(),
        };
        let named = run.named();
        let first = if named.is_right {
            "right"
        } else {
            named.wrong.first().copied().unwrap_or("nothing")
        };
        *matrix
            .entry(expected_cause)
            .or_default()
            .entry(first.to_owned())
            .or_default() += 1;
    }
    matrix
}

/// The families of these runs that have a miss, with the misses.
pub(crate) fn misses(runs: &[ScoredRun]) -> BTreeMap<&'static str, Vec<&ScoredRun>> {
    let mut misses: BTreeMap<&'static str, Vec<&ScoredRun>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.has_miss()) {
        misses.entry(run.family).or_default().push(run);
    }
    misses
}
