//! How many users were, are and will be planned.

use std::collections::VecDeque;

use crate::schedule::Ramp;

/// The ramps of a run: the current one and a few before it, so that a second
/// that is closed late still gets the plan of its own time.
#[derive(Debug)]
pub(super) struct Plan(VecDeque<(u64, Ramp)>);

/// Ramps remembered; a second is closed within two seconds, and operators
/// (or their slider) change the load a few times a second at most.
const REMEMBERED: usize = 16;

impl Plan {
    /// A plan that begins with this ramp.
    pub(super) fn new(ramp: Ramp) -> Self {
        Self(VecDeque::from([(0, ramp)]))
    }

    /// The ramp that is followed now.
    pub(super) fn ramp(&self) -> Ramp {
        self.0.back().map_or(Ramp::EMPTY, |&(_, ramp)| ramp)
    }

    /// From `now_us` on, another number of users at another rate.
    pub(super) fn redirect(&mut self, now_us: u64, to: u32, rate: f64) -> Ramp {
        let ramp = self.ramp().redirect(now_us, to, rate);
        self.push(now_us, ramp);
        ramp
    }

    /// From `now_us` on, nobody.
    pub(super) fn stop(&mut self, now_us: u64) {
        self.push(now_us, Ramp::EMPTY);
    }

    /// The users planned for a moment.
    pub(super) fn users_at(&self, at_us: u64) -> u32 {
        let piece = self.0.iter().rev().find(|(from_us, _)| *from_us <= at_us);
        piece.map_or(0, |(_, ramp)| ramp.users_at(at_us))
    }

    fn push(&mut self, from_us: u64, ramp: Ramp) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((from_us, ramp));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_keeps_its_plan() {
        let mut plan = Plan::new(Ramp::new(0, 0, 10, 10.0));
        plan.redirect(2_000_000, 100, 10.0);
        plan.stop(5_000_000);
        assert_eq!(plan.users_at(1_000_000), 10);
        assert_eq!(plan.users_at(4_000_000), 31);
        assert_eq!(plan.users_at(5_000_000), 0);
        assert_eq!(plan.ramp(), Ramp::EMPTY);
    }
}
