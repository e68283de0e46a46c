//! Holding a run up: pausing it, letting it go on, ending it at once.

use crate::model::RunState;
use crate::run::RunError;
use crate::run::controller::handle::Why;
use crate::run::controller::run_task::RunTask;
use crate::run::controller::stop_reason::StopReason;
use crate::run::edits::edit_history::Done;
use crate::run::events::details::ChangeEvent;
use crate::run::events::log::Log;
use crate::run::stats::tables::seconds;
use crate::verdict::Remark;

/// When a run was paused.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    since_us: Option<u64>,
    count: u32,
    lasted_us: u64,
}

impl Pauses {
    fn begin(&mut self, at_us: u64) {
        self.since_us = Some(at_us);
        self.count += 1;
    }

    /// How long the pause was that ends, if one goes on.
    pub(crate) fn end(&mut self, at_us: u64) -> Option<u64> {
        let lasted_us = at_us.saturating_sub(self.since_us.take()?);
        self.lasted_us += lasted_us;
        Some(lasted_us)
    }

    /// What there is to say of them.
    pub(crate) fn remark(&self, at_us: u64) -> Option<Remark> {
        let now_us = self
            .since_us
            .map_or(0, |since_us| at_us.saturating_sub(since_us));
        let all_s = seconds(self.lasted_us + now_us);
        let times = match self.count {
            0 => return None,
            1 => "once".to_owned(),
            count => format!("{count} times"),
        };
        Some(Remark {
            id: "run.paused".into(),
            text: format!(
                "the run was paused {times} ({all_s:.1} s in total); the statistics include these seconds"
            ),
        })
    }
}

impl RunTask {
    /// Lets users finish their tasks and begin nothing; `None` if they do already.
    ///
    /// # Errors
    /// Its users have not begun to come.
    pub(crate) async fn pause(&mut self, at_us: u64) -> Result<Option<Done>, RunError> {
        let swarm = self.swarm.as_ref().ok_or(RunError::NotBegun)?;
        if self.state == RunState::Paused {
            return Ok(None);
        }
        swarm.pause().await;
        // Who came meanwhile would begin all at once when it goes on.
        swarm.follow(&self.plan.freeze(at_us)).await;
        self.burst_ends(at_us);
        self.state = RunState::Paused;
        self.pauses.begin(at_us);
        Ok(Some(Done::held(ChangeEvent::Paused)))
    }

    /// Lets users go on; `None` if they are not paused.
    pub(crate) async fn resume(&mut self, at_us: u64) -> Option<Done> {
        let lasted_us = self.pauses.end(at_us)?;
        if self.spec.steered().is_some() {
            self.follow(at_us, self.load).await;
        }
        if let Some(swarm) = &self.swarm {
            swarm.resume().await;
        }
        self.state = if self.plan.end_us() > at_us {
            RunState::Spawning
        } else {
            RunState::Running
        };
        let after_s = seconds(lasted_us);
        Some(Done::held(ChangeEvent::Resumed { after_s }))
    }

    /// Ends it at once: nothing is sent any more, not even last words.
    pub(crate) async fn halt(&mut self, why: Why, log: &Log) {
        if !self.state.is_active() {
            return;
        }
        self.ending.halt();
        let at_us = self.elapsed_us();
        if let Some(swarm) = &self.swarm {
            swarm.halt(at_us).await;
        }
        self.watching.stop();
        let why = Why {
            reason: StopReason::Halted(Box::new(why.reason)),
            ..why
        };
        self.wind_down(at_us, why, log);
        if self.aside.take().is_some() {
            self.conclude(log);
        }
    }
}
