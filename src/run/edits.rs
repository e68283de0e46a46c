//! Another load for a run that goes on, and back to what the scenario plans.

use std::time::Duration;

use crate::model::{Change, Drive, Edit, Load, RunState, Workload};
use crate::run::RunError;
use crate::run::active::Active;
use crate::run::changes::Done;
use crate::run::plan::Plan;
use crate::run::preflight::check_capacity;

/// What is steered, and the rate of task starts.
type Figures = (Load, Option<f64>);

impl Active {
    /// Changes the load from `at_us` on; `None` where it is that already.
    pub(super) async fn edit(&mut self, at_us: u64, edit: Edit) -> Result<Option<Done>, RunError> {
        let before = (self.load, self.rate());
        let asks_users = edit.users.is_some() || edit.spawn_rate.is_some();
        let load = asks_users.then(|| self.asked(at_us, edit)).transpose()?;
        let rate = edit.rate.map(|rate| self.asked_rate(rate)).transpose()?;
        if let Some(load) = load {
            self.check_load(load)?;
        }
        let suspends = load.is_some() && self.spec.steered().is_none();
        if suspends || rate.is_some() {
            self.planned
                .get_or_insert_with(|| self.spec.workloads.clone());
        }
        if let Some(load) = load {
            self.steer(at_us, load, suspends).await;
        }
        if let Some(rate) = rate {
            let from = Duration::from_micros(at_us);
            Workload::set_rate(&mut self.spec.workloads, rate, from);
            self.arrive(at_us).await;
        }
        if self.swarm.is_none() {
            self.plan_anew();
        }
        let after = (self.load, self.rate());
        let back = if suspends {
            Change::BackToPlan
        } else {
            Change::Load(what_was(before, after))
        };
        Ok(words(before, after, suspends).map(|text| Done::edited(text, back)))
    }

    /// Goes to another load, of users that have been planned so far if it
    /// `suspends` that.
    async fn steer(&mut self, at_us: u64, load: Load, suspends: bool) {
        Workload::take_over(&mut self.spec.workloads, load);
        self.plan.adopt(&self.spec.workloads);
        if self.swarm.is_none() {
            self.load = load;
        } else if load != self.load || suspends || self.changes.has_burst(at_us) {
            self.follow(at_us, load).await;
            // What was before a burst is no measure any more.
            self.recovery = None;
        }
    }

    /// Lets the operator steer users that have been planned so far, from this
    /// load on.
    pub(super) fn suspend(&mut self, load: Load) {
        if self.spec.steered().is_none() {
            self.planned
                .get_or_insert_with(|| self.spec.workloads.clone());
            Workload::take_over(&mut self.spec.workloads, load);
            self.plan.adopt(&self.spec.workloads);
            self.load = load;
        }
    }

    fn asked_rate(&self, per_second: f64) -> Result<f64, RunError> {
        self.rate().ok_or(RunError::NoArrivals)?;
        Ok(Load::rate(per_second)?)
    }

    /// The load that an edit asks for, of users that may be planned so far.
    fn asked(&self, at_us: u64, edit: Edit) -> Result<Load, RunError> {
        let now = match self.spec.steered() {
            Some(_) => self.load,
            None => self.load_taken_over(at_us).ok_or(RunError::NotSteered)?,
        };
        let users = edit.users.unwrap_or_else(|| f64::from(now.users));
        Ok(Load::new(users, edit.spawn_rate.unwrap_or(now.spawn_rate))?)
    }

    /// What a plan of users amounts to at a moment; as fast as it takes ten
    /// seconds to its peak. `None` where no users are planned.
    pub(super) fn load_taken_over(&self, at_us: u64) -> Option<Load> {
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

    /// Lets what the scenario plans hold again; `None` where it does.
    pub(super) async fn back_to_plan(&mut self, at_us: u64) -> Option<Done> {
        let planned = self.planned.take()?;
        let (load, rate) = (self.load, self.rate());
        self.spec.workloads = planned;
        self.load = self.spec.steered().unwrap_or(Load::NOBODY);
        self.recovery = None;
        self.changes.end_bursts(at_us);
        if self.swarm.is_none() {
            self.plan_anew();
        } else {
            let plans = self.plan.restore(at_us, &self.spec.workloads);
            if let Some(swarm) = &self.swarm {
                swarm.follow(&plans).await;
            }
            self.arrive(at_us).await;
        }
        let is_users = load != self.load;
        let back = Change::Load(Edit {
            users: is_users.then_some(f64::from(load.users)),
            spawn_rate: is_users.then_some(load.spawn_rate),
            rate: rate.filter(|_| rate != self.rate()),
        });
        Some(Done::edited("back to the plan".to_owned(), back))
    }

    /// When to stop by itself.
    pub(super) fn limit(
        &mut self,
        at_us: u64,
        run_time: Option<Duration>,
    ) -> Result<Option<Done>, RunError> {
        let was = self.spec.run_time;
        if was == run_time {
            return Ok(None);
        }
        if run_time.is_some_and(|time| time < Duration::from_micros(at_us)) {
            return Err(RunError::RunTimeOver);
        }
        self.spec.run_time = run_time;
        let words = |time: Option<Duration>| match time {
            Some(time) => format!("{} s", time.as_secs_f64()),
            None => "until stopped".to_owned(),
        };
        let text = format!("run time {} → {}", words(was), words(run_time));
        Ok(Some(Done::edited(text, Change::RunTime(was))))
    }

    /// Lets the shards go to this load from where they are.
    pub(super) async fn follow(&mut self, at_us: u64, load: Load) {
        let Some(swarm) = &self.swarm else { return };
        swarm.follow(&self.plan.redirect(at_us, load)).await;
        self.load = load;
        self.changes.end_bursts(at_us);
        if self.state != RunState::Paused {
            self.state = RunState::Spawning;
        }
    }

    /// Lets the shards start tasks as the workloads say now.
    async fn arrive(&mut self, at_us: u64) {
        let Some(swarm) = &self.swarm else { return };
        for (lane, arrivals, start_us) in self.plan.arrive(&self.spec.workloads) {
            swarm.arrive(lane, &arrivals, start_us, at_us).await;
        }
    }

    /// Another load for what the operator steers, within what classes allow.
    ///
    /// # Errors
    /// The classes do not allow so many users.
    pub(super) fn check_load(&self, load: Load) -> Result<(), RunError> {
        let mut workloads = self.spec.workloads.clone();
        Workload::take_over(&mut workloads, load);
        check_capacity(&self.program, &workloads)
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

/// A change for people; `None` where nothing is changed.
fn words((from, from_rate): Figures, (to, to_rate): Figures, suspends: bool) -> Option<String> {
    let mut changed = Vec::new();
    if from.users != to.users || suspends {
        let was = if suspends {
            "as planned".to_owned()
        } else {
            from.users.to_string()
        };
        changed.push(format!("users {was} → {}", to.users));
    }
    if is_other(from.spawn_rate, to.spawn_rate) && !suspends {
        changed.push(format!(
            "spawn rate {} → {}/s",
            from.spawn_rate, to.spawn_rate
        ));
    }
    if let (Some(from), Some(to)) = (from_rate, to_rate.filter(|_| from_rate != to_rate)) {
        changed.push(format!("rate {from} → {to}/s"));
    }
    (!changed.is_empty()).then(|| changed.join(", "))
}
