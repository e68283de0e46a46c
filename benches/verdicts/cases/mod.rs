//! The runs: tables, and what makes runs of them.

mod disturbed;
mod ends;
mod faults;
mod healthy;
mod stories;
mod table;
mod undelivered;
mod wanted;

use super::case::Case;
use table::{Dice, LATENCY, RowSubset};

/// The usual service time of the lab in the second set.
const OTHER_LATENCY: &str = "1ms..5ms";

/// A set of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Set {
    /// The one that the rules of verdicts and findings may be tuned by.
    Tuning,
    /// The one that says what that was worth: other seeds, other loads.
    HeldOut,
}

impl Set {
    /// Its name.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tuning => "tuning",
            Self::HeldOut => "held-out",
        }
    }

    /// Its runs, always the same.
    pub(crate) fn cases(self) -> Vec<Case> {
        // How much larger than in the tables loads and capacities are, and which rows
        // are taken.
        let (seed, rounds, healthy): (u64, &[(f64, RowSubset)], usize) = match self {
            Self::Tuning => (
                20_261_128,
                &[(1.0, RowSubset::All), (1.35, RowSubset::Third)],
                60,
            ),
            Self::HeldOut => (771_903, &[(0.8, RowSubset::Half)], 19),
        };
        let mut dice = Dice::new(seed);
        let mut all = Vec::new();
        for &(scale, part) in rounds {
            all.extend(faults::cases(scale, part, &mut dice));
            all.extend(stories::cases(scale, part, &mut dice));
            all.extend(undelivered::cases(scale, part, &mut dice));
            all.extend(disturbed::cases(scale, part, &mut dice));
            all.extend(wanted::cases(scale, part, &mut dice));
            all.extend(ends::cases(scale, part, &mut dice));
        }
        all.extend(healthy::cases(healthy, rounds[0].0, &mut dice));
        if self == Self::HeldOut {
            let usual = all.iter_mut().filter(|case| case.latency == LATENCY);
            usual.for_each(|case| OTHER_LATENCY.clone_into(&mut case.latency));
        }
        all
    }
}
