//! Changes of a run: by operators, by the scenario's timeline, and by a limit
//! search.

use std::time::Duration;

use crate::model::{Change, Edit, Load, TimelineEntry, micros};
use crate::run::controller::handle::Why;
use crate::run::controller::run_task::RunTask;
use crate::run::controller::stop_reason::StopReason;
use crate::run::controller::user_notices::idle_users;
use crate::run::edits::edit_history::{Done, TIMELINE};
use crate::run::events::details::{ChangeEvent, LevelEvent};
use crate::run::events::event::{Event, EventData};
use crate::run::events::log::Log;
use crate::run::limit::search::driver::{LevelLoad, Step};
use crate::run::{Author, RunError};

impl RunTask {
    /// Makes a change at once.
    ///
    /// # Errors
    /// The run is being stopped, or the change makes no sense now.
    pub(crate) async fn change(
        &mut self,
        change: Change,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        // Its shards may have ended by themselves a moment ago.
        self.end_by_itself(log).await;
        if !self.phase.is_open() {
            return Err(RunError::Stopping);
        }
        if self.view().is_searching() && !matches!(change, Change::RunTime(_) | Change::Resume) {
            return Err(RunError::Searching);
        }
        // Whole milliseconds, which a file says without loss.
        let at_us = self.elapsed_us() / 1_000 * 1_000;
        if change == Change::Undo {
            return self.undo(at_us, by, log).await;
        }
        self.change_at(at_us, change, by, log).await
    }

    async fn undo(&mut self, at_us: u64, by: Author, log: &Log) -> Result<Load, RunError> {
        let burst = self.steering.active_burst(at_us);
        // Taken even if it fails: it must not stand in the way of those before it.
        let back = self.history.take_latest(&by, burst);
        let mut undone = Vec::new();
        for change in &back.ok_or(RunError::NothingToUndo)? {
            let done = self.apply(at_us, change, &by, log).await?;
            if let Some(said) = done.and_then(|done| done.said) {
                self.history.keep(at_us, change);
                undone.push(said);
            }
        }
        self.update_judged(at_us);
        let undone = EventData::Change(ChangeEvent::Undone(undone));
        log.push_event(Event::info(at_us, undone).by(by));
        Ok(self.steering.load())
    }

    async fn change_at(
        &mut self,
        at_us: u64,
        change: Change,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        let applied = self.apply(at_us, &change, &by, log).await;
        let is_burst = matches!(change, Change::Burst(_));
        if by == Author::new(TIMELINE) && !is_burst {
            self.steering.keep_as_planned();
        }
        self.update_judged(at_us);
        let Some(done) = applied? else {
            return Ok(self.steering.load());
        };
        if let Some(said) = done.said {
            self.history.keep(at_us, &change);
            if !done.back.is_empty() {
                let burst = is_burst.then(|| self.steering.latest_burst());
                self.history.remember(&by, done.back, burst);
            }
            log.push_event(Event::info(at_us, EventData::Change(said)).by(by));
        } else if let Some(until_us) = done.burst_until_us {
            self.history.prolong_burst(until_us);
        }
        Ok(done.peak.unwrap_or(self.steering.load()))
    }

    /// Makes a change; `None` if it changes nothing.
    async fn apply(
        &mut self,
        at_us: u64,
        change: &Change,
        by: &Author,
        log: &Log,
    ) -> Result<Option<Done>, RunError> {
        let (steering, phase) = (&mut self.steering, &mut self.phase);
        match change {
            Change::Load(edit) => steering.edit(phase, at_us, *edit).await,
            Change::Burst(burst) => {
                let done = steering.burst(phase.swarm(), at_us, *burst, by).await?;
                steering.watch_recovery(at_us, || log.rows_from_opening());
                Ok(Some(done))
            }
            Change::EndBurst => Ok(steering.end_burst(phase.swarm(), at_us).await),
            Change::BackToPlan(of) => Ok(steering.back_to_plan(phase.swarm(), at_us, *of).await),
            Change::Behaviour(behaviour) => {
                steering.override_behaviour(phase.swarm(), behaviour).await
            }
            Change::RunTime(time) => steering.set_run_time(phase.swarm(), at_us, *time).await,
            Change::Pause => steering.pause(phase, at_us).await,
            Change::Resume => Ok(steering.resume(phase, at_us).await),
            Change::Undo => Ok(None),
        }
    }

    /// The time until the next change that the scenario plans.
    pub(crate) fn until_planned(&self) -> Option<Duration> {
        let at = self.history.next_planned()?;
        let elapsed = Duration::from_micros(self.elapsed_us());
        let is_loaded = self.phase.loaded().is_some();
        is_loaded.then(|| at.saturating_sub(elapsed))
    }

    /// Makes the changes that the scenario plans up to now, each as if it was its
    /// time. Before the first user only the load is changed.
    pub(crate) async fn play_planned(&mut self, log: &Log) {
        let elapsed = Duration::from_micros(self.elapsed_us());
        let has_users = self.phase.swarm().is_some();
        for TimelineEntry { at, change } in self.history.take_due(elapsed, has_users) {
            let by = Author::new(TIMELINE);
            if let Err(why) = self.change_at(micros(at), change, by, log).await {
                let error = why.to_string();
                let missed = EventData::Change(ChangeEvent::NotPlayed { at, error });
                log.push_event(Event::warning(micros(at), missed));
            }
        }
    }

    /// The changes of the run, to be replayed.
    pub(crate) fn played_timeline(&self) -> Vec<TimelineEntry> {
        self.history.played_timeline().to_vec()
    }

    /// Sees whether the seconds from now on are judged by what they deliver.
    pub(super) fn update_judged(&mut self, at_us: u64) {
        let is_judged = self.view().is_load_as_planned(at_us);
        self.counting.set_judged(at_us, is_judged);
    }

    /// Changes the load now; not a change of an operator.
    async fn edit(&mut self, edit: Edit) -> Result<Option<Done>, RunError> {
        let at_us = self.elapsed_us();
        self.steering.edit(&mut self.phase, at_us, edit).await
    }

    /// Advances the limit search, if there is one and a level has been measured.
    pub(super) async fn advance_search(&mut self, log: &Log) {
        if !self.phase.is_open() || !self.view().is_searching() {
            return;
        }
        let load = LevelLoad {
            names: self.facts.names(),
            reached_us: self.steering.plan().end_us(),
            idle_users: idle_users(self.view()),
        };
        let Some(search) = &mut self.search else {
            return;
        };
        match search.advance(&mut self.counting, load) {
            Step::Wait => {}
            Step::Again(repeated) => {
                if let Some(repeated) = repeated {
                    self.log_level(repeated, log);
                }
            }
            Step::Next(level, measured) => {
                let edit = search.edit_to(level, self.steering.load());
                self.log_level(measured, log);
                if let Err(error) = self.edit(edit).await {
                    self.stop(StopReason::Failed(error.to_string()), log).await;
                }
            }
            Step::End(measured) => {
                self.log_level(measured, log);
                self.stop(StopReason::SearchEnded, log).await;
            }
        }
    }

    fn log_level(&self, level: LevelEvent, log: &Log) {
        log.push_event(Event::info(self.elapsed_us(), EventData::Level(level)));
    }

    /// Ramps the users down as fast as they came, and ends the run after that,
    /// unless an operator sets users meanwhile. A run with planned task starts
    /// is stopped instead, one of which a part is steered, and a search.
    pub(crate) async fn abandon(&mut self, why: &str, log: &Log) {
        if !self.phase.is_open() || self.ending.is_abandoned() {
            return;
        }
        let at_us = self.elapsed_us();
        let now = self.steering.load_now(at_us);
        let unattended = EventData::Unattended {
            why: why.to_owned(),
            ramp_from: now.filter(|_| self.can_ramp()),
        };
        log.push_event(Event::warning(at_us, unattended));
        self.history.forget_planned();
        let no_users = Edit {
            users: Some(0.0),
            ..Edit::default()
        };
        if self.can_ramp() && self.edit(no_users).await.is_ok() {
            self.ending.set_abandoned(true);
        } else {
            self.stop(Why::unattended(), log).await;
        }
    }

    /// Whether all of its users can be ramped down.
    fn can_ramp(&self) -> bool {
        self.phase.swarm().is_some() && !self.view().is_searching() && self.steering.can_ramp_down()
    }

    /// Ends it when the users that were ramped down are gone.
    pub(super) async fn end_abandoned(&mut self, log: &Log) {
        // An operator is back, and has set users, or the plan of the scenario.
        let is_abandoned = self.ending.is_abandoned() && self.steering.is_quiet();
        self.ending.set_abandoned(is_abandoned);
        if is_abandoned && self.elapsed_us() >= self.steering.plan().end_us() {
            self.stop(Why::unattended(), log).await;
        }
    }
}
