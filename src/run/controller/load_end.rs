//! The end of a run's load: by its plan, or before it.

use crate::engine::Swarm;
use crate::model::micros;
use crate::run::controller::handle::{EndCause, Why};
use crate::run::controller::run_view::RunView;
use crate::run::controller::stop_reason::StopReason;
use crate::run::stats::tables::seconds;
use crate::verdict::{EarlyEnd, EndedEarly};

/// The end of a load that no command has caused.
#[derive(Debug)]
pub(super) struct DueEnd {
    pub(super) at_us: u64,
    pub(super) why: Why,
}

/// The end of a load whose time is over, or in which nothing is left to do. The
/// shards keep the time by themselves; this is where the rest learns of it.
pub(super) fn due_end(view: RunView<'_>) -> Option<DueEnd> {
    let swarm = view.phase.loaded()?;
    let end_us = view.steering.run_time().map(micros);
    let over_us = end_us.filter(|end_us| view.elapsed_us >= *end_us);
    let last_us = last_done_us(view);
    let is_done = has_nothing_left(view, swarm) && end_us.is_none_or(|end_us| last_us < end_us);
    if is_done {
        let why = why_nothing_is_left(view);
        return Some(DueEnd {
            at_us: last_us,
            why,
        });
    }
    Some(DueEnd {
        at_us: over_us?,
        why: StopReason::RunTimeReached.into(),
    })
}

/// When the last request ended; now, where none was counted.
fn last_done_us(view: RunView<'_>) -> u64 {
    match view.counting.stats().totals().last_us {
        0 => view.elapsed_us,
        last_us => last_us.max(view.counting.start_us()),
    }
}

/// Whether nothing is left to do, and neither the plan, the timeline nor an
/// operator who set users to 0 or a plan aside may bring more.
fn has_nothing_left(view: RunView<'_>, swarm: &Swarm) -> bool {
    let is_steered = view.steering.is_quiet() || view.steering.is_suspended();
    let is_waited_for = is_steered || view.history.has_planned() || view.is_searching();
    let may_end = view.is_exhausted || !is_waited_for;
    may_end && view.counting.stats().is_done(swarm.commands_sent())
}

fn why_nothing_is_left(view: RunView<'_>) -> Why {
    let counts = &view.counting.stats().totals().counts;
    if view.is_exhausted {
        return StopReason::IterationsDone.into();
    }
    let is_failed = counts.users_failed > 0 && counts.users_failed == counts.users_started;
    Why::no_user_left(match is_failed {
        true => StopReason::NoUserStarted,
        false => StopReason::NoUserLeft,
    })
}

/// Whether users that are planned at a moment have left before they did
/// all that a user of their class is to do.
fn is_left_early(view: RunView<'_>, at_us: u64) -> bool {
    let planned = view.steering.plan().users_of_each(at_us);
    let planned = planned.into_iter().enumerate();
    let mut classes = planned
        .filter(|(_, users)| *users > 0)
        .flat_map(|(index, _)| view.facts.program().classes_of(index));
    let classes_of_all = &view.facts.program().classes;
    classes.any(|id| classes_of_all[id.index()].iterations.is_none())
}

/// Whether this ends the load before its planned end, and how. A search has
/// no planned end; what it found says whether it was stopped.
pub(super) fn early_end(view: RunView<'_>, cause: EndCause) -> Option<EndedEarly> {
    if view.search.is_some() || view.phase.swarm().is_none() {
        return None;
    }
    let at_us = view.measured_us();
    let of_us = view.steering.run_time().map(micros);
    let is_before = match of_us {
        Some(of_us) => at_us < of_us,
        None => view.facts.spec().iterations.is_some() && !view.is_exhausted,
    };
    let how = match cause {
        _ if view.ending.is_halted() => EarlyEnd::CutShort,
        EndCause::Interruption if is_before => EarlyEnd::CutShort,
        EndCause::Operator if is_before => EarlyEnd::Stopped,
        EndCause::NoUserLeft if of_us.is_some() && is_left_early(view, at_us) => {
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
