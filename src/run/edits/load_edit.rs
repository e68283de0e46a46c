//! Another load for a run that goes on, and back to what the scenario plans.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Behaviour, Change, Drive, Edit, Load, Suspended, Workload, micros};
use crate::run::RunError;
use crate::run::controller::plan::Plan;
use crate::run::controller::run_task::RunTask;
use crate::run::edits::edit_history::Done;
use crate::run::events::details::EditLine;
use crate::run::prepare::preflight::check_capacity;

/// So shortly before its end a run time stands: a shard may end before it hears
/// of another one.
const NEAR_END_US: u64 = 50_000;

/// What is steered, and the rate of task starts.
type Figures = (Load, Option<f64>);

/// What the scenario plans, and what of it an operator has set aside.
#[derive(Debug)]
pub(crate) struct Planned {
    workloads: Vec<Workload>,
    /// What the scenario's timeline made of it, and of how users behave.
    played: Option<(Vec<Workload>, Arc<[Behaviour]>)>,
    users_suspended: bool,
    rate_suspended: bool,
}

impl Planned {
    pub(crate) fn new(workloads: &[Workload]) -> Self {
        Self {
            workloads: workloads.to_vec(),
            played: None,
            users_suspended: false,
            rate_suspended: false,
        }
    }

    /// Whether this is what the scenario plans, its timeline included.
    pub(crate) fn is_in_force(&self, workloads: &[Workload], overrides: &[Behaviour]) -> bool {
        let played = self.played.as_ref();
        let is_first = workloads == self.workloads && overrides.is_empty();
        is_first
            || played.is_some_and(|(load, changed)| load == workloads && **changed == *overrides)
    }

    /// The timeline has made this of what is planned.
    pub(crate) fn play(&mut self, workloads: &[Workload], overrides: &Arc<[Behaviour]>) {
        self.played = Some((workloads.to_vec(), Arc::clone(overrides)));
    }

    /// Whether some of it is set aside.
    pub(crate) fn is_suspended(&self) -> bool {
        self.users_suspended || self.rate_suspended
    }
}

impl RunTask {
    /// Changes the load from `at_us` on; `None` where it is that already.
    pub(crate) async fn edit(&mut self, at_us: u64, edit: Edit) -> Result<Option<Done>, RunError> {
        let before = (self.load, self.rate());
        let asks_users = edit.users.is_some() || edit.spawn_rate.is_some();
        let load = asks_users.then(|| self.asked(at_us, edit)).transpose()?;
        let rate = edit.rate.map(|rate| self.asked_rate(rate)).transpose()?;
        if let Some(load) = load {
            self.check_load(at_us, load)?;
        }
        let is_burst_over = load.is_some() && self.changes.has_burst(at_us);
        let (mut said, mut back) = (Vec::new(), Vec::new());
        if let Some(load) = load {
            let suspends = self.suspend(at_us, load);
            if suspends {
                said.push(EditLine::UsersTakenOver { to: load.users });
                back.push(Change::BackToPlan(Suspended::Users));
            }
            if suspends || is_burst_over || load != self.load {
                self.steer(at_us, load).await;
            }
        }
        if let Some(rate) = rate.filter(|rate| !self.is_constant(*rate)) {
            if !self.planned.rate_suspended {
                self.planned.rate_suspended = true;
                said.push(EditLine::RateTakenOver { to: rate });
                back.push(Change::BackToPlan(Suspended::Rate));
            }
            self.set_rate(at_us, rate).await;
        }
        if self.phase.swarm().is_none() {
            self.plan_anew();
        }
        if said.is_empty() {
            let after = (self.load, self.rate());
            said = edit_lines(before, after);
            let what_was = what_was(before, after);
            back.extend((what_was != Edit::default()).then_some(Change::Load(what_was)));
        }
        if is_burst_over {
            said.push(EditLine::BurstEnds);
        }
        Ok((!said.is_empty()).then(|| Done::edited(said, back)))
    }

    /// Goes to another load of what is steered.
    async fn steer(&mut self, at_us: u64, load: Load) {
        Workload::steer(&mut self.spec.workloads, load);
        if self.phase.swarm().is_none() {
            self.load = load;
        } else {
            self.follow(at_us, load).await;
            // What was before a burst is no measure any more.
            self.recovery = None;
        }
    }

    /// Lets the operator steer users that have been planned so far, from this
    /// load on; whether they were.
    pub(crate) fn suspend(&mut self, at_us: u64, load: Load) -> bool {
        if self.spec.steered().is_some() {
            return false;
        }
        let now = self.plan.users_of_each(at_us);
        Workload::take_over(&mut self.spec.workloads, load, &now);
        self.plan.adopt(&self.spec.workloads);
        self.planned.users_suspended = true;
        self.load = load;
        true
    }

    /// The load that an edit asks for, of users that may be planned so far.
    fn asked(&self, at_us: u64, edit: Edit) -> Result<Load, RunError> {
        let now = self.load_now(at_us).ok_or(RunError::NotSteered)?;
        let users = edit.users.unwrap_or_else(|| f64::from(now.users));
        Ok(Load::new(users, edit.spawn_rate.unwrap_or(now.spawn_rate))?)
    }

    fn asked_rate(&self, per_second: f64) -> Result<f64, RunError> {
        self.rate().ok_or(RunError::NoArrivals)?;
        Ok(Load::rate(per_second)?)
    }

    /// What is steered, or what a plan of users amounts to at a moment: as fast as
    /// it takes ten seconds to its peak. `None` where there are only arrivals.
    pub(crate) fn load_now(&self, at_us: u64) -> Option<Load> {
        if self.spec.steered().is_some() {
            return Some(self.load);
        }
        let is_open = |one: &&Workload| matches!(one.drive, Drive::Arrivals(_));
        let closed = self.spec.workloads.iter().filter(|one| !is_open(one));
        let peak = closed.map(Workload::peak_users).max()?;
        let users = self.plan.users_at(at_us);
        let spawn_rate = (f64::from(peak) / 10.0).max(1.0);
        Some(Load { users, spawn_rate })
    }

    /// The highest rate of task starts that is planned; `None` without arrivals.
    fn rate(&self) -> Option<f64> {
        Workload::peak_rate(&self.spec.workloads)
    }

    /// Whether task starts have come at this rate from the start on, and will.
    fn is_constant(&self, per_second: f64) -> bool {
        let mut curves = self
            .spec
            .workloads
            .iter()
            .filter_map(|one| match &one.drive {
                Drive::Arrivals(arrivals) => Some(&arrivals.rate),
                _ => None,
            });
        let is_flat = curves.all(|rate| rate.points().len() == 1);
        is_flat && self.rate().is_some_and(|rate| !is_other(rate, per_second))
    }

    /// From a moment on so many task starts per second. The next start of each
    /// open workload is as far away as it was, at the new rate.
    async fn set_rate(&mut self, at_us: u64, per_second: f64) {
        let between = self.plan.between_starts(at_us);
        Workload::set_rate(
            &mut self.spec.workloads,
            &self.planned.workloads,
            per_second,
        );
        let at = Duration::from_micros(at_us);
        for (workload, part) in self.spec.workloads.iter_mut().zip(between) {
            // Where it has not begun, it begins when it would have.
            let has_begun = workload.start <= at && self.phase.swarm().is_some();
            if let (true, Some(rate)) = (has_begun, workload.own_peak_rate()) {
                let gone = Duration::try_from_secs_f64(part / rate).unwrap_or_default();
                workload.start = at.saturating_sub(gone);
            }
        }
        self.arrive(at_us).await;
    }

    /// Lets what the scenario plans hold again; `None` where it does.
    pub(crate) async fn back_to_plan(&mut self, at_us: u64, of: Suspended) -> Option<Done> {
        let users = self.planned.users_suspended && of != Suspended::Rate;
        let rate = self.planned.rate_suspended && of != Suspended::Users;
        let before = (self.load, self.rate());
        for (now, planned) in self.spec.workloads.iter_mut().zip(&self.planned.workloads) {
            let is_open = matches!(planned.drive, Drive::Arrivals(_));
            if if is_open { rate } else { users } {
                *now = planned.clone();
            }
        }
        let mut back = Edit::default();
        if users {
            self.planned.users_suspended = false;
            back.users = Some(f64::from(before.0.users));
            back.spawn_rate = Some(before.0.spawn_rate);
            self.load = Load::NOBODY;
            self.recovery = None;
            self.changes.end_bursts(at_us);
            let plans = self.plan.restore(at_us, &self.spec.workloads);
            if let Some(swarm) = self.phase.swarm() {
                swarm.follow(&plans).await;
            }
        }
        if rate {
            self.planned.rate_suspended = false;
            back.rate = before.1;
            self.arrive(at_us).await;
        }
        if self.phase.swarm().is_none() {
            self.plan_anew();
        }
        let what = match (users, rate) {
            (true, false) => Suspended::Users,
            (false, true) => Suspended::Rate,
            (true, true) => Suspended::All,
            (false, false) => return None,
        };
        let edits = vec![EditLine::BackToPlan(what)];
        Some(Done::edited(edits, vec![Change::Load(back)]))
    }

    /// When to stop by itself.
    pub(crate) async fn limit(
        &mut self,
        at_us: u64,
        run_time: Option<Duration>,
    ) -> Result<Option<Done>, RunError> {
        let was = self.spec.run_time;
        if was == run_time {
            return Ok(None);
        }
        let is_ending = was.is_some_and(|time| micros(time) <= at_us + NEAR_END_US);
        if is_ending || run_time.is_some_and(|time| time < Duration::from_micros(at_us)) {
            return Err(RunError::RunTimeOver);
        }
        self.spec.run_time = run_time;
        self.setup.run_time_us = run_time.map(micros);
        if let Some(swarm) = self.phase.swarm() {
            swarm.end_at(self.setup.run_time_us).await;
        }
        let edits = vec![EditLine::RunTime {
            from: was,
            to: run_time,
        }];
        Ok(Some(Done::edited(edits, vec![Change::RunTime(was)])))
    }

    /// Lets the shards go to this load from where they are.
    pub(crate) async fn follow(&mut self, at_us: u64, load: Load) {
        let Some(swarm) = self.phase.swarm() else {
            return;
        };
        swarm.follow(&self.plan.redirect(at_us, load)).await;
        self.load = load;
        self.changes.end_bursts(at_us);
        self.phase.spawn_again();
    }

    /// Lets the shards start tasks as the workloads say now.
    async fn arrive(&mut self, at_us: u64) {
        let Some(swarm) = self.phase.swarm() else {
            return;
        };
        for (index, arrivals, start_us) in self.plan.arrive(&self.spec.workloads) {
            swarm.arrive(index, &arrivals, start_us, at_us).await;
        }
    }

    /// Another load for what the operator steers, within what classes allow.
    ///
    /// # Errors
    /// The classes, or the guard rails, do not allow so many users.
    pub(super) fn check_load(&self, at_us: u64, load: Load) -> Result<(), RunError> {
        let mut workloads = self.spec.workloads.clone();
        Workload::take_over(&mut workloads, load, &self.plan.users_of_each(at_us));
        check_capacity(&self.program, &workloads)?;
        Ok(self.rails.check_users(&workloads)?)
    }

    /// Changes the load of a run whose users have not begun to come.
    fn plan_anew(&mut self) {
        self.setup.workloads = self.spec.workloads.as_slice().into();
        self.plan = Plan::new(&self.spec.workloads);
    }
}

/// What takes a change of the load back.
fn what_was((from, from_rate): Figures, (to, to_rate): Figures) -> Edit {
    Edit {
        users: (from.users != to.users).then_some(f64::from(from.users)),
        spawn_rate: is_other(from.spawn_rate, to.spawn_rate).then_some(from.spawn_rate),
        rate: from_rate.filter(|_| from_rate != to_rate),
    }
}

fn is_other(one: f64, other: f64) -> bool {
    one.to_bits() != other.to_bits()
}

/// What is changed; nothing where nothing is.
fn edit_lines((from, from_rate): Figures, (to, to_rate): Figures) -> Vec<EditLine> {
    let users = EditLine::Users {
        from: from.users,
        to: to.users,
    };
    let spawn_rate = EditLine::SpawnRate {
        from: from.spawn_rate,
        to: to.spawn_rate,
    };
    let rates = from_rate.zip(to_rate).filter(|(from, to)| from != to);
    [
        (from.users != to.users).then_some(users),
        is_other(from.spawn_rate, to.spawn_rate).then_some(spawn_rate),
        rates.map(|(from, to)| EditLine::Rate { from, to }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
