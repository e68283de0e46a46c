//! Ending a run that nobody looks at any more.

use crate::model::Edit;
use crate::run::Why;
use crate::run::controller::run_task::RunTask;
use crate::run::events::event::{Event, EventData};
use crate::run::events::log::Log;

impl RunTask {
    /// Lets the users go as fast as they came, and ends the run after that,
    /// unless somebody asks for users meanwhile. A run with planned task starts
    /// is stopped instead, one of which a part is steered, and a search.
    pub(crate) async fn let_go(&mut self, why: &str, log: &Log) {
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
        let nobody = Edit {
            users: Some(0.0),
            ..Edit::default()
        };
        if self.can_ramp() && self.edit(nobody).await.is_ok() {
            self.ending.set_abandoned(true);
        } else {
            self.stop(Why::unattended(), log).await;
        }
    }

    /// Whether all of its users can be ramped down.
    fn can_ramp(&self) -> bool {
        self.phase.swarm().is_some() && !self.is_searching() && self.steering.can_ramp_down()
    }

    /// Ends it when the users that were let go are gone.
    pub(super) async fn end_let_go(&mut self, log: &Log) {
        // Somebody is back, and wants users, or what the scenario plans.
        let is_abandoned = self.ending.is_abandoned() && self.steering.is_quiet();
        self.ending.set_abandoned(is_abandoned);
        if is_abandoned && self.elapsed_us() >= self.steering.plan().end_us() {
            self.stop(Why::unattended(), log).await;
        }
    }
}
