//! The table of faults against what was kept.

use std::collections::BTreeMap;
use std::fmt;

use crate::rig::faults::{FAULTS, Fault, Group};
use crate::rig::invariants::{Invariant, InvariantStatus};
use crate::rig::run::Outcome;

/// Of one invariant under one fault.
#[derive(Debug, Default)]
struct Tally {
    kept: u32,
    broken: u32,
    /// How it was broken first.
    why: String,
}

/// What all runs came to.
#[derive(Debug, Default)]
pub(crate) struct Table {
    runs: BTreeMap<&'static str, u32>,
    tallies: BTreeMap<(&'static str, Invariant), Tally>,
}

impl Table {
    /// Adds a run under a fault.
    pub(crate) fn add(&mut self, fault: &Fault, outcome: Outcome) {
        *self.runs.entry(fault.id).or_default() += 1;
        for (invariant, cell) in outcome.cells {
            let tally = self.tallies.entry((fault.id, invariant)).or_default();
            match cell {
                InvariantStatus::Kept => tally.kept += 1,
                InvariantStatus::Broken(why) => {
                    tally.broken += 1;
                    if tally.why.is_empty() {
                        tally.why = why;
                    }
                }
                InvariantStatus::Unknown => {}
            }
        }
    }

    /// How many runs are in it.
    pub(crate) fn runs(&self) -> u32 {
        self.runs.values().sum()
    }

    /// Whether anything was broken.
    pub(crate) fn is_broken(&self) -> bool {
        self.tallies.values().any(|tally| tally.broken > 0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group = None;
        for fault in FAULTS.iter().copied().flatten() {
            let Some(runs) = self.runs.get(fault.id) else {
                continue;
            };
            if group.replace(fault.group) != Some(fault.group) {
                heading(f, fault.group)?;
            }
            write!(f, "| {} | {runs} |", fault.words)?;
            for invariant in Invariant::ALL {
                match self.tallies.get(&(fault.id, invariant)) {
                    Some(tally) if tally.broken > 0 => {
                        let all = tally.broken + tally.kept;
                        write!(f, " **{} of {all} broken** |", tally.broken)?;
                    }
                    Some(tally) if tally.kept > 0 => write!(f, " kept |")?,
                    _ => write!(f, "  |")?,
                }
            }
            writeln!(f)?;
        }
        for ((id, invariant), tally) in &self.tallies {
            if tally.broken > 0 {
                writeln!(f, "\n{id}, {}: {}", invariant.heading(), tally.why)?;
            }
        }
        Ok(())
    }
}

fn heading(f: &mut fmt::Formatter<'_>, group: Group) -> fmt::Result {
    write!(f, "\n| {} | runs |", group.heading())?;
    for invariant in Invariant::ALL {
        write!(f, " {} |", invariant.heading())?;
    }
    writeln!(f, "\n|---|---|{}", "---|".repeat(Invariant::ALL.len()))
}
