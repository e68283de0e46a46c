//! Branch order of a trial: every branch is taken in turn, none at random.

use std::cmp::Reverse;
use std::ops::Range;

use crate::program::code::compiled::CodeAt;
use crate::program::code::instruction::Branch;

/// The branches of the choices that a user has reached, each with how often it
/// was taken.
#[derive(Debug, Default)]
pub(super) struct TrialOrder(Vec<(CodeAt, u32)>);

impl TrialOrder {
    /// Takes a branch that leads to something new, otherwise the one taken least
    /// often; of several the most likely one.
    pub(crate) fn next(&mut self, branches: &[Branch]) -> Option<CodeAt> {
        // Branches stand one after the other.
        let ends = branches.iter().skip(1).map(|branch| branch.to);
        let ends = ends.chain(std::iter::once(CodeAt(u32::MAX)));
        let order = |(branch, end): &(&Branch, CodeAt)| {
            let times = self.times(branch.to);
            let is_old = times > 0 && !self.has_untaken(&(branch.to..*end));
            (is_old, times, Reverse(branch.weight))
        };
        let (next, _) = branches.iter().zip(ends).min_by_key(order)?;
        let next = next.to;
        for branch in branches {
            let taken = u32::from(branch.to == next);
            match self.0.iter_mut().find(|(to, _)| *to == branch.to) {
                Some((_, times)) => *times += taken,
                None => self.0.push((branch.to, taken)),
            }
        }
        Some(next)
    }

    /// True if a branch in this code was reached but never taken.
    pub(crate) fn has_untaken(&self, code: &Range<CodeAt>) -> bool {
        let mut branches = self.0.iter();
        branches.any(|(to, times)| *times == 0 && code.contains(to))
    }

    fn times(&self, to: CodeAt) -> u32 {
        let known = self.0.iter().find(|(known, _)| *known == to);
        known.map_or(0, |(_, times)| *times)
    }
}
