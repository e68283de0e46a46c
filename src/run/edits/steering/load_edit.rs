//! Changes of the load, and the way back to what the scenario plans.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::Swarm;
use crate::model::{Behaviour, Change, Drive, Edit, Load, Suspended, Workload, micros};
use crate::run::RunError;
use crate::run::controller::run_task::phase::Phase;
use crate::run::edits::edit_history::Done;
use crate::run::edits::steering::Steering;
use crate::run::edits::steering::plan::Plan;
use crate::run::events::details::EditLine;
use crate::run::prepare::preflight::check_capacity;

/// So shortly before its end a run time stands: a shard may end before it hears
/// of another one.
const NEAR_END_US: u64 = 50_000;

/// The load as operators see it: what is steered, and the rate of task starts.
#[derive(Clone, Copy, Debug)]
struct Figures {
    load: Load,
    rate: Option<f64>,
}

/// The workloads of the scenario, and which of them an operator has set aside.
#[derive(Debug)]
pub(super) struct Planned {
    workloads: Vec<Workload>,
    /// The workloads and overrides that the scenario's timeline has made.
    played: Option<(Vec<Workload>, Arc<[Behaviour]>)>,
    users_suspended: bool,
    rate_suspended: bool,
}

impl Planned {
    pub(super) fn new(workloads: &[Workload]) -> Self {
        Self {
            workloads: workloads.to_vec(),
            played: None,
            users_suspended: false,
            rate_suspended: false,
        }
    }

    /// Whether this is what the scenario plans, its timeline included.
    pub(super) fn is_in_force(&self, workloads: &[Workload], overrides: &[Behaviour]) -> bool {
        let played = self.played.as_ref();
        let is_first = workloads == self.workloads && overrides.is_empty();
        is_first
            || played.is_some_and(|(load, changed)| load == workloads && **changed == *overrides)
    }

    /// The timeline has made this of what is planned.
    pub(super) fn play(&mut self, workloads: &[Workload], overrides: &Arc<[Behaviour]>) {
        self.played = Some((workloads.to_vec(), Arc::clone(overrides)));
    }

    /// Whether some of it is set aside.
    pub(super) fn is_suspended(&self) -> bool {
        self.users_suspended || self.rate_suspended
    }
}

impl Steering {
    /// Changes the load from `at_us` on; `None` where it is that already.
    pub(crate) async fn edit(
        &mut self,
        phase: &mut Phase,
        at_us: u64,
        edit: Edit,
    ) -> Result<Option<Done>, RunError> {
        let before = self.figures();
        let asks_users = edit.users.is_some() || edit.spawn_rate.is_some();
        let load = asks_users.then(|| self.asked(at_us, edit)).transpose()?;
        let rate = edit.rate.map(|rate| self.asked_rate(rate)).transpose()?;
        if let Some(load) = load {
            self.check_load(at_us, load)?;
        }
        let is_burst_over = load.is_some() && self.bursts.is_active(at_us);
        let (mut said, mut back) = (Vec::new(), Vec::new());
        if let Some(load) = load {
            let suspends = self.suspend(at_us, load);
            if suspends {
                said.push(EditLine::UsersTakenOver { to: load.users });
                back.push(Change::BackToPlan(Suspended::Users));
            }
            if suspends || is_burst_over || load != self.load {
                self.steer(phase, at_us, load).await;
            }
        }
        if let Some(rate) = rate.filter(|rate| !self.is_constant(*rate)) {
            if !self.planned.rate_suspended {
                self.planned.rate_suspended = true;
                said.push(EditLine::RateTakenOver { to: rate });
                back.push(Change::BackToPlan(Suspended::Rate));
            }
            self.set_rate(phase.swarm(), at_us, rate).await;
        }
        if phase.swarm().is_none() {
            self.plan = Plan::new(&self.workloads);
        }
        if said.is_empty() {
            let after = self.figures();
            said = edit_lines(before, after);
            let inverse = inverse(before, after);
            back.extend((inverse != Edit::default()).then_some(Change::Load(inverse)));
        }
        if is_burst_over {
            said.push(EditLine::BurstEnds);
        }
        Ok((!said.is_empty()).then(|| Done::edited(said, back)))
    }

    /// Goes to another load of what is steered.
    async fn steer(&mut self, phase: &mut Phase, at_us: u64, load: Load) {
        Workload::steer(&mut self.workloads, load);
        if phase.swarm().is_none() {
            self.load = load;
        } else {
            self.follow(phase, at_us, load).await;
            // The time before a burst is no measure any more.
            self.bursts.forget_recovery();
        }
    }

    /// Lets the operator steer users that have been planned so far, from this
    /// load on; whether they were.
    pub(super) fn suspend(&mut self, at_us: u64, load: Load) -> bool {
        if self.is_steered() {
            return false;
        }
        let now = self.plan.users_of_each(at_us);
        Workload::take_over(&mut self.workloads, load, &now);
        self.plan.adopt(&self.workloads);
        self.planned.users_suspended = true;
        self.load = load;
        true
    }

    /// The load that an edit sets, of users that may be planned so far.
    fn asked(&self, at_us: u64, edit: Edit) -> Result<Load, RunError> {
        let now = self.load_now(at_us).ok_or(RunError::NotSteered)?;
        let users = edit.users.unwrap_or_else(|| f64::from(now.users));
        Ok(Load::new(users, edit.spawn_rate.unwrap_or(now.spawn_rate))?)
    }

    fn asked_rate(&self, per_second: f64) -> Result<f64, RunError> {
        self.rate().ok_or(RunError::NoArrivals)?;
        Ok(Load::rate(per_second)?)
    }

    /// The steered load, or what a plan of users amounts to at a moment: as fast as
    /// it takes ten seconds to its peak. `None` where there are only arrivals.
    pub(crate) fn load_now(&self, at_us: u64) -> Option<Load> {
        if self.is_steered() {
            return Some(self.load);
        }
        let is_open = |one: &&Workload| matches!(one.drive, Drive::Arrivals(_));
        let closed = self.workloads.iter().filter(|one| !is_open(one));
        let peak = closed.map(Workload::peak_users).max()?;
        let users = self.plan.users_at(at_us);
        let spawn_rate = (f64::from(peak) / 10.0).max(1.0);
        Some(Load { users, spawn_rate })
    }

    fn figures(&self) -> Figures {
        Figures {
            load: self.load,
            rate: self.rate(),
        }
    }

    /// The highest rate of task starts that is planned; `None` without arrivals.
    fn rate(&self) -> Option<f64> {
        Workload::peak_rate(&self.workloads)
    }

    /// Whether task starts have come at this rate from the start on, and will.
    fn is_constant(&self, per_second: f64) -> bool {
        let mut curves = self.workloads.iter().filter_map(|one| match &one.drive {
            Drive::Arrivals(arrivals) => Some(&arrivals.rate),
            _ => None,
        });
        let is_flat = curves.all(|rate| rate.points().len() == 1);
        is_flat && self.rate().is_some_and(|rate| !is_other(rate, per_second))
    }

    /// From a moment on so many task starts per second. The next start of each
    /// open workload is as far away as it was, at the new rate.
    async fn set_rate(&mut self, swarm: Option<&Swarm>, at_us: u64, per_second: f64) {
        let between = self.plan.between_starts(at_us);
        Workload::set_rate(&mut self.workloads, &self.planned.workloads, per_second);
        let at = Duration::from_micros(at_us);
        for (workload, part) in self.workloads.iter_mut().zip(between) {
            // Where it has not begun, it begins when it would have.
            let has_begun = workload.start <= at && swarm.is_some();
            if let (true, Some(rate)) = (has_begun, workload.own_peak_rate()) {
                let gone = Duration::try_from_secs_f64(part / rate).unwrap_or_default();
                workload.start = at.saturating_sub(gone);
            }
        }
        self.arrive(swarm, at_us).await;
    }

    /// Lets what the scenario plans hold again; `None` where it does.
    pub(crate) async fn back_to_plan(
        &mut self,
        swarm: Option<&Swarm>,
        at_us: u64,
        of: Suspended,
    ) -> Option<Done> {
        let users = self.planned.users_suspended && of != Suspended::Rate;
        let rate = self.planned.rate_suspended && of != Suspended::Users;
        let before = self.figures();
        for (now, planned) in self.workloads.iter_mut().zip(&self.planned.workloads) {
            let is_open = matches!(planned.drive, Drive::Arrivals(_));
            if if is_open { rate } else { users } {
                *now = planned.clone();
            }
        }
        let mut back = Edit::default();
        if users {
            self.planned.users_suspended = false;
            back.users = Some(f64::from(before.load.users));
            back.spawn_rate = Some(before.load.spawn_rate);
            self.load = Load::NOBODY;
            self.bursts.forget_recovery();
            self.bursts.end_lease(at_us);
            let plans = self.plan.restore(at_us, &self.workloads);
            if let Some(swarm) = swarm {
                swarm.follow(&plans).await;
            }
        }
        if rate {
            self.planned.rate_suspended = false;
            back.rate = before.rate;
            self.arrive(swarm, at_us).await;
        }
        if swarm.is_none() {
            self.plan = Plan::new(&self.workloads);
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
    pub(crate) async fn set_run_time(
        &mut self,
        swarm: Option<&Swarm>,
        at_us: u64,
        run_time: Option<Duration>,
    ) -> Result<Option<Done>, RunError> {
        let was = self.run_time;
        if was == run_time {
            return Ok(None);
        }
        let is_ending = was.is_some_and(|time| micros(time) <= at_us + NEAR_END_US);
        if is_ending || run_time.is_some_and(|time| time < Duration::from_micros(at_us)) {
            return Err(RunError::RunTimeOver);
        }
        self.run_time = run_time;
        if let Some(swarm) = swarm {
            swarm.end_at(run_time.map(micros)).await;
        }
        let edits = vec![EditLine::RunTime {
            from: was,
            to: run_time,
        }];
        Ok(Some(Done::edited(edits, vec![Change::RunTime(was)])))
    }

    /// Lets the shards go to this load from where they are.
    pub(super) async fn follow(&mut self, phase: &mut Phase, at_us: u64, load: Load) {
        let Some(swarm) = phase.swarm() else { return };
        swarm.follow(&self.plan.redirect(at_us, load)).await;
        self.load = load;
        self.bursts.end_lease(at_us);
        phase.spawn_again();
    }

    /// Lets the shards start tasks as the workloads say now.
    async fn arrive(&mut self, swarm: Option<&Swarm>, at_us: u64) {
        let Some(swarm) = swarm else { return };
        for (index, arrivals, start_us) in self.plan.arrive(&self.workloads) {
            swarm.arrive(index, &arrivals, start_us, at_us).await;
        }
    }

    /// Another load for what the operator steers, within what classes allow.
    ///
    /// # Errors
    /// The classes, or the guard rails, do not allow so many users.
    pub(super) fn check_load(&self, at_us: u64, load: Load) -> Result<(), RunError> {
        let mut workloads = self.workloads.clone();
        Workload::take_over(&mut workloads, load, &self.plan.users_of_each(at_us));
        check_capacity(&self.program, &workloads)?;
        Ok(self.rails.check_users(&workloads)?)
    }
}

/// The edit that takes a change of the load back.
fn inverse(before: Figures, after: Figures) -> Edit {
    let (from, to) = (before.load, after.load);
    Edit {
        users: (from.users != to.users).then_some(f64::from(from.users)),
        spawn_rate: is_other(from.spawn_rate, to.spawn_rate).then_some(from.spawn_rate),
        rate: before.rate.filter(|_| before.rate != after.rate),
    }
}

fn is_other(one: f64, other: f64) -> bool {
    one.to_bits() != other.to_bits()
}

/// The figures that a change of the load changes.
fn edit_lines(before: Figures, after: Figures) -> Vec<EditLine> {
    let (from, to) = (before.load, after.load);
    let users = EditLine::Users {
        from: from.users,
        to: to.users,
    };
    let spawn_rate = EditLine::SpawnRate {
        from: from.spawn_rate,
        to: to.spawn_rate,
    };
    let rates = before.rate.zip(after.rate).filter(|(from, to)| from != to);
    [
        (from.users != to.users).then_some(users),
        is_other(from.spawn_rate, to.spawn_rate).then_some(spawn_rate),
        rates.map(|(from, to)| EditLine::Rate { from, to }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
