//! Pauses of a run.

use crate::run::RunError;
use crate::run::controller::run_task::phase::{Pace, Phase};
use crate::run::edits::edit_history::Done;
use crate::run::edits::steering::Steering;
use crate::run::events::details::ChangeEvent;
use crate::run::stats::tables::seconds;
use crate::verdict::Remark;

/// The pauses of a run that have ended.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    count: u32,
    lasted_us: u64,
}

impl Pauses {
    fn add(&mut self, lasted_us: u64) {
        self.count += 1;
        self.lasted_us += lasted_us;
    }

    /// The remark on them and on the pause that has lasted so long, if one lasts.
    fn remark(&self, open_us: Option<u64>) -> Option<Remark> {
        let all_s = seconds(self.lasted_us + open_us.unwrap_or(0));
        let times = match self.count + u32::from(open_us.is_some()) {
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

impl Steering {
    /// Lets users finish their tasks and start no new ones; `None` if they are paused
    /// already.
    ///
    /// # Errors
    /// Its users have not been started.
    pub(crate) async fn pause(
        &mut self,
        phase: &mut Phase,
        at_us: u64,
    ) -> Result<Option<Done>, RunError> {
        let swarm = phase.swarm().ok_or(RunError::NotBegun)?;
        if phase.paused_since_us().is_some() {
            return Ok(None);
        }
        swarm.pause().await;
        // Users that came during the pause would all start at once after it.
        swarm.follow(&self.plan.freeze(at_us)).await;
        self.bursts.end(at_us);
        phase.set_pace(Pace::Paused { since_us: at_us });
        Ok(Some(Done::held(ChangeEvent::Paused)))
    }

    /// Lets users continue; `None` if they are not paused.
    pub(crate) async fn resume(&mut self, phase: &mut Phase, at_us: u64) -> Option<Done> {
        let lasted_us = self.end_pause(phase, at_us)?;
        if self.is_steered() {
            self.follow(phase, at_us, self.load).await;
        }
        if let Some(swarm) = phase.swarm() {
            swarm.resume().await;
        }
        phase.set_pace(if self.plan.end_us() > at_us {
            Pace::Spawning
        } else {
            Pace::Running
        });
        let after_s = seconds(lasted_us);
        Some(Done::held(ChangeEvent::Resumed { after_s }))
    }

    /// Counts the pause that lasts: how long it was, if there is one.
    pub(crate) fn end_pause(&mut self, phase: &Phase, at_us: u64) -> Option<u64> {
        let lasted_us = at_us.saturating_sub(phase.paused_since_us()?);
        self.pauses.add(lasted_us);
        Some(lasted_us)
    }

    /// The remark on the pauses of the run so far.
    pub(crate) fn pause_remark(&self, phase: &Phase, at_us: u64) -> Option<Remark> {
        let since_us = phase.paused_since_us();
        let open_us = since_us.map(|since_us| at_us.saturating_sub(since_us));
        self.pauses.remark(open_us)
    }
}
