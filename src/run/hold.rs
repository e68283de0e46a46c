//! Holding a run up: pausing it, letting it go on, ending it at once.

use crate::model::{Load, RunState};
use crate::run::active::Active;
use crate::run::log::{Event, EventKind, Level, Log};
use crate::run::tables::seconds;
use crate::run::{Author, RunError};
use crate::verdict::Remark;

/// When a run was paused.
#[derive(Debug, Default)]
pub(super) struct Pauses {
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
    pub(super) fn end(&mut self, at_us: u64) -> Option<u64> {
        let lasted_us = at_us.saturating_sub(self.since_us.take()?);
        self.lasted_us += lasted_us;
        Some(lasted_us)
    }

    /// What there is to say of them.
    pub(super) fn remark(&self, at_us: u64) -> Option<Remark> {
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
                "the run was paused {times}, for {all_s:.1} s in all: figures of these seconds are part of it"
            ),
        })
    }
}

impl Active {
    /// Lets users finish their tasks and begin nothing.
    ///
    /// # Errors
    /// Its users have not begun to come.
    pub(super) async fn pause(&mut self, by: Author, log: &Log) -> Result<Load, RunError> {
        let swarm = self.swarm.as_ref().ok_or(RunError::NotBegun)?;
        if self.state == RunState::Paused {
            return Ok(self.load);
        }
        swarm.pause().await;
        let at_us = self.elapsed_us();
        // Who came meanwhile would begin all at once when it goes on.
        swarm.follow(&self.plan.freeze(at_us)).await;
        self.state = RunState::Paused;
        self.pauses.begin(at_us);
        let text = "paused: users finish their tasks and begin nothing".to_owned();
        let event = Event::new(at_us, EventKind::Paused, Level::Info, text);
        log.push_event(event.by(by));
        Ok(self.load)
    }

    /// Lets users go on, if they are paused.
    pub(super) async fn resume(&mut self, by: Author, log: &Log) -> Load {
        let at_us = self.elapsed_us();
        let Some(lasted_us) = self.pauses.end(at_us) else {
            return self.load;
        };
        self.follow(self.load).await;
        if let Some(swarm) = &self.swarm {
            swarm.resume().await;
        }
        self.state = if self.plan.end_us() > at_us {
            RunState::Spawning
        } else {
            RunState::Running
        };
        let text = format!("resumed after {:.1} s", seconds(lasted_us));
        let event = Event::new(at_us, EventKind::Resumed, Level::Info, text);
        log.push_event(event.by(by));
        self.load
    }

    /// Ends it at once: nothing is sent any more, not even last words.
    pub(super) async fn halt(&mut self, why: &'static str, log: &Log) {
        if !self.state.is_active() {
            return;
        }
        self.is_halted = true;
        if let Some(swarm) = &self.swarm {
            swarm.halt().await;
        }
        self.pollers.abort_all();
        self.wind_down(format!("halted {why}").into(), log);
        if self.aside.take().is_some() {
            self.conclude(log);
        }
    }
}
