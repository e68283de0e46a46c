//! The load of a run and the behaviour of its users: as planned by the scenario,
//! and as an operator, a timeline or a search changes them.

mod burst;
mod load_edit;
mod pause;
pub(crate) mod plan;
mod user_overrides;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::SwarmSetup;
use crate::model::{Behaviour, Drive, Load, Rails, RunSpec, Workload, micros};
use crate::program::{Class, Program};
use crate::run::edits::steering::burst::Bursts;
use crate::run::edits::steering::load_edit::Planned;
use crate::run::edits::steering::pause::Pauses;
use crate::run::edits::steering::plan::Plan;
use crate::run::edits::steering::user_overrides::Overrides;

/// The load of a run, and all that changes it.
#[derive(Debug)]
pub(crate) struct Steering {
    program: Arc<Program>,
    rails: Arc<Rails>,
    /// The workloads as they are now.
    workloads: Vec<Workload>,
    run_time: Option<Duration>,
    /// The load set by the operator; 0 users where nothing is steered.
    load: Load,
    plan: Plan,
    planned: Planned,
    overrides: Overrides,
    bursts: Bursts,
    pauses: Pauses,
}

impl Steering {
    pub(crate) fn new(spec: &RunSpec, program: Arc<Program>, rails: Arc<Rails>) -> Self {
        Self {
            program,
            rails,
            workloads: spec.workloads.clone(),
            run_time: spec.run_time,
            load: spec.steered().unwrap_or(Load::NOBODY),
            plan: Plan::new(&spec.workloads),
            planned: Planned::new(&spec.workloads),
            overrides: Overrides::default(),
            bursts: Bursts::default(),
            pauses: Pauses::default(),
        }
    }

    /// The load set by the operator; 0 users where nothing is steered.
    pub(crate) fn load(&self) -> Load {
        self.load
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The guard rails that no change of the load may exceed.
    pub(crate) fn rails(&self) -> &Rails {
        &self.rails
    }

    pub(crate) fn workloads(&self) -> &[Workload] {
        &self.workloads
    }

    /// When the run stops by itself.
    pub(crate) fn run_time(&self) -> Option<Duration> {
        self.run_time
    }

    /// Whether an operator steers users, all of them or some.
    pub(crate) fn is_steered(&self) -> bool {
        Workload::steered_load(&self.workloads).is_some()
    }

    /// Whether an operator has set users to 0.
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_steered() && self.load.users == 0
    }

    /// Whether an operator has set aside some of what the scenario plans.
    pub(crate) fn is_suspended(&self) -> bool {
        self.planned.is_suspended()
    }

    /// Whether every user is steered or planned, none added by task starts, and not
    /// both kinds at once: then all of them can be ramped down.
    pub(crate) fn can_ramp_down(&self) -> bool {
        let is_steered = |one: &Workload| matches!(one.drive, Drive::Steered(..));
        let is_open = |one: &Workload| matches!(one.drive, Drive::Arrivals(_));
        let one = &self.workloads;
        let is_mixed = one.iter().any(is_steered) && !one.iter().all(is_steered);
        !is_mixed && !one.iter().any(is_open)
    }

    /// Whether the load is the one that the run was started with, or that the
    /// scenario's timeline made of it.
    pub(crate) fn is_as_planned(&self, at_us: u64) -> bool {
        let is_in_force = || (self.planned).is_in_force(&self.workloads, self.overrides.list());
        !self.bursts.is_active(at_us) && is_in_force()
    }

    /// The scenario's timeline has made the load and the behaviour what they are.
    pub(crate) fn keep_as_planned(&mut self) {
        self.planned.play(&self.workloads, self.overrides.list());
    }

    /// The behaviour that differs from the scenario, each thing once.
    pub(crate) fn overrides(&self) -> &Arc<[Behaviour]> {
        self.overrides.list()
    }

    /// The classes as they are now.
    pub(crate) fn classes(&self) -> Cow<'_, [Class]> {
        self.overrides.classes(&self.program)
    }

    /// The load ends: nothing is planned any more.
    pub(crate) fn stop(&mut self, at_us: u64) {
        self.plan.stop(at_us);
    }

    /// Makes the shards start with the load as it is.
    pub(crate) fn set_up(&self, setup: &mut SwarmSetup) {
        setup.workloads = self.workloads.as_slice().into();
        setup.run_time_us = self.run_time.map(micros);
    }
}
