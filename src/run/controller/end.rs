//! The end of a run's load: by its plan, or before it.

use crate::model::micros;
use crate::run::controller::handle::{Cause, Why};
use crate::run::controller::run_task::RunTask;
use crate::run::controller::stop_reason::StopReason;
use crate::run::events::log::Log;
use crate::run::stats::tables::seconds;
use crate::verdict::{EarlyEnd, EndedEarly};

impl RunTask {
    /// Ends a run whose time is over, or in which nothing is left to do. Its
    /// shards keep the time by themselves; this is where the rest learns of it.
    pub(crate) async fn end_by_itself(&mut self, log: &Log) {
        if self.phase.loaded().is_none() {
            return;
        }
        let end_us = self.steering.run_time().map(micros);
        let over_us = end_us.filter(|end_us| self.elapsed_us() >= *end_us);
        let last_us = self.last_done_us();
        let was_done = self.has_nothing_left() && end_us.is_none_or(|end_us| last_us < end_us);
        let (at_us, why) = match over_us {
            _ if was_done => (last_us, self.why_nothing_is_left()),
            Some(end_us) => (end_us, StopReason::RunTimeReached.into()),
            None => return,
        };
        self.stop_at(at_us, micros(self.spec.stop_timeout), why, log)
            .await;
    }

    /// When the last request ended; now, where none was counted.
    fn last_done_us(&self) -> u64 {
        match self.counting.stats().totals.last_us {
            0 => self.elapsed_us(),
            last_us => last_us.max(self.counting.start_us()),
        }
    }

    /// Whether nothing is left to do, and neither the plan, the timeline nor an
    /// operator who set users to 0 or a plan aside may bring more.
    fn has_nothing_left(&self) -> bool {
        let Some(swarm) = self.phase.swarm() else {
            return false;
        };
        let is_steered = self.steering.is_quiet() || self.steering.is_suspended();
        let is_waited_for = is_steered || self.history.has_planned() || self.is_searching();
        let may_end = self.setup.limits.is_exhausted() || !is_waited_for;
        may_end && self.counting.stats().is_done(swarm.commands_sent())
    }

    fn why_nothing_is_left(&self) -> Why {
        let counts = &self.counting.stats().totals.counts;
        if self.setup.limits.is_exhausted() {
            return StopReason::IterationsDone.into();
        }
        let is_failed = counts.users_failed > 0 && counts.users_failed == counts.users_started;
        Why::nobody_left(match is_failed {
            true => StopReason::NoUserStarted,
            false => StopReason::NoUserLeft,
        })
    }

    /// Whether users that the plan asks for at a moment have left before they did
    /// all that a user of their class is to do.
    fn is_left_early(&self, at_us: u64) -> bool {
        let planned = self
            .steering
            .plan()
            .users_of_each(at_us)
            .into_iter()
            .enumerate();
        let mut classes = planned
            .filter(|(_, users)| *users > 0)
            .flat_map(|(index, _)| self.program.classes_of(index));
        classes.any(|id| self.program.classes[id.index()].iterations.is_none())
    }

    /// Whether this ends the load before its planned end, and how. A search has
    /// no planned end; what it found says whether it was stopped.
    pub(super) fn early_end(&self, cause: Cause) -> Option<EndedEarly> {
        if self.search.is_some() || self.phase.swarm().is_none() {
            return None;
        }
        let at_us = self.measured_us();
        let of_us = self.steering.run_time().map(micros);
        let is_before = match of_us {
            Some(of_us) => at_us < of_us,
            None => self.spec.iterations.is_some() && !self.setup.limits.is_exhausted(),
        };
        let how = match cause {
            _ if self.ending.is_halted() => EarlyEnd::CutShort,
            Cause::Interruption if is_before => EarlyEnd::CutShort,
            Cause::Operator if is_before => EarlyEnd::Stopped,
            Cause::NobodyLeft if of_us.is_some() && self.is_left_early(at_us) => {
                EarlyEnd::NoUserLeft
            }
            _ => return None,
        };
        Some(EndedEarly {
            how,
            at_s: seconds(at_us),
            of_s: of_us.map(seconds),
        })
    }
}
