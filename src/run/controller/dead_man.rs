//! Ending a run that nobody looks at any more.

use crate::model::{Drive, Edit, Workload};
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
        let now = self.load_now(at_us);
        let unattended = EventData::Unattended {
            why: why.to_owned(),
            ramp_from: now.filter(|_| self.can_ramp()),
        };
        log.push_event(Event::warning(at_us, unattended));
        self.changes.forget_planned();
        let nobody = Edit {
            users: Some(0.0),
            ..Edit::default()
        };
        if self.can_ramp() && self.edit(at_us, nobody).await.is_ok() {
            self.ending.set_abandoned(true);
        } else {
            self.stop(Why::unattended(), log).await;
        }
    }

    /// Whether all of its users can be led to nobody.
    fn can_ramp(&self) -> bool {
        let workloads = &self.spec.workloads;
        let is_steered = |one: &Workload| matches!(one.drive, Drive::Steered(..));
        let is_open = |one: &Workload| matches!(one.drive, Drive::Arrivals(_));
        let is_mixed = workloads.iter().any(is_steered) && !workloads.iter().all(is_steered);
        self.phase.swarm().is_some()
            && !self.is_searching()
            && !is_mixed
            && !workloads.iter().any(is_open)
    }

    /// Ends it when the users that were let go are gone.
    pub(super) async fn end_let_go(&mut self, log: &Log) {
        // Somebody is back, and wants users, or what the scenario plans.
        let is_still = self.load.users == 0 && self.spec.steered().is_some();
        let is_abandoned = self.ending.is_abandoned() && is_still;
        self.ending.set_abandoned(is_abandoned);
        if is_abandoned && self.elapsed_us() >= self.plan.end_us() {
            self.stop(Why::unattended(), log).await;
        }
    }
}
