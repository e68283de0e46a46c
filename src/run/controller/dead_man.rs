//! Ending a run that nobody looks at any more.

use crate::model::{Drive, Edit, RunState, Workload};
use crate::run::Why;
use crate::run::controller::run_task::RunTask;
use crate::run::events::log::{Event, EventKind, Level, Log};

impl RunTask {
    /// Lets the users go as fast as they came, and ends the run after that,
    /// unless somebody asks for users meanwhile. A run with planned task starts
    /// is stopped instead, one of which a part is steered, and a search.
    pub(crate) async fn let_go(&mut self, why: &str, log: &Log) {
        if !self.state.is_active() || self.state == RunState::Stopping || self.is_let_go {
            return;
        }
        let at_us = self.elapsed_us();
        let now = self.load_now(at_us);
        let text = match now.filter(|_| self.can_ramp()) {
            Some(now) => format!(
                "{why}: users are ramped down from {} to 0 at {} users/s, then the run ends",
                now.users, now.spawn_rate
            ),
            None => format!("{why}: the run is stopped"),
        };
        let event = Event::new(at_us, EventKind::Unattended, Level::Warning, text);
        log.push_event(event);
        self.changes.forget_planned();
        let nobody = Edit {
            users: Some(0.0),
            ..Edit::default()
        };
        if self.can_ramp() && self.edit(at_us, nobody).await.is_ok() {
            self.is_let_go = true;
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
        self.swarm.is_some() && !self.is_searching() && !is_mixed && !workloads.iter().any(is_open)
    }

    /// Ends it when the users that were let go are gone.
    pub(super) async fn end_let_go(&mut self, log: &Log) {
        // Somebody is back, and wants users, or what the scenario plans.
        self.is_let_go &= self.load.users == 0 && self.spec.steered().is_some();
        if self.is_let_go && self.elapsed_us() >= self.plan.end_us() {
            self.stop(Why::unattended(), log).await;
        }
    }
}
