//! The end of a run and of its load.

use crate::run::controller::stop_reason::StopReason;
use crate::verdict::EndedEarly;

/// The end of a run's load, and of the run after it.
#[derive(Debug)]
pub(crate) struct RunEnd {
    load_ended_us: Option<u64>,
    /// How, if that was before its planned end.
    early: Option<EndedEarly>,
    run_ended_us: Option<u64>,
    reason: StopReason,
    /// The time limit of running tasks; the longest there is while no end is in sight.
    timeout_us: u64,
    is_halted: bool,
    /// Whether its users are ramped down, because all dashboards were closed.
    is_abandoned: bool,
}

impl RunEnd {
    /// No end is in sight. Only shards that end by themselves need no reason.
    pub(crate) fn open() -> Self {
        Self {
            load_ended_us: None,
            early: None,
            run_ended_us: None,
            reason: StopReason::ShardEnded,
            timeout_us: u64::MAX,
            is_halted: false,
            is_abandoned: false,
        }
    }

    /// When the load ended, in microseconds of the run.
    pub(crate) fn load_ended_us(&self) -> Option<u64> {
        self.load_ended_us
    }

    /// The early end of the load, if that was before its planned end.
    pub(crate) fn early(&self) -> Option<EndedEarly> {
        self.early
    }

    /// When the run ended, hooks included.
    pub(crate) fn run_ended_us(&self) -> Option<u64> {
        self.run_ended_us
    }

    /// Why the run stops.
    pub(crate) fn reason(&self) -> &StopReason {
        &self.reason
    }

    /// The time limit of running tasks.
    pub(crate) fn timeout_us(&self) -> u64 {
        self.timeout_us
    }

    /// Whether it was ended at once, without `on_stop` and `teardown`.
    pub(crate) fn is_halted(&self) -> bool {
        self.is_halted
    }

    /// Whether its users are ramped down, because all dashboards were closed.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.is_abandoned
    }

    /// Keeps whether its users are ramped down.
    pub(crate) fn set_abandoned(&mut self, is_abandoned: bool) {
        self.is_abandoned = is_abandoned;
    }

    /// Shortens the time limit of running tasks; whether it is any shorter.
    pub(crate) fn shorten(&mut self, timeout_us: u64) -> bool {
        let is_shorter = timeout_us < self.timeout_us;
        if is_shorter {
            self.timeout_us = timeout_us;
        }
        is_shorter
    }

    /// Ends it at once.
    pub(crate) fn halt(&mut self) {
        self.is_halted = true;
        self.timeout_us = 0;
    }

    /// The load ends.
    pub(crate) fn end_load(&mut self, at_us: u64) {
        self.load_ended_us = Some(at_us);
    }

    /// Keeps how the load ended before its planned end, if it did.
    pub(crate) fn set_early(&mut self, early: Option<EndedEarly>) {
        self.early = early;
    }

    /// Keeps why the run stops.
    pub(crate) fn set_reason(&mut self, reason: StopReason) {
        self.reason = reason;
    }

    /// The run ends; an end that is known moves.
    pub(crate) fn end_run(&mut self, at_us: u64) {
        self.run_ended_us = Some(at_us);
    }
}
