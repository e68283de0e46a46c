//! The planned users and task starts of a run, past and future.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Arrivals, Curve, Drive, Load, LoadShare, Workload, micros};
use crate::run::stats::tables::float;
use crate::schedule::{Ramp, Starts, UserPlan};

/// The plans of a run's workloads.
#[derive(Debug)]
pub(crate) struct Plan(Vec<WorkloadPlan>);

/// The users of a burst, and its times.
#[derive(Clone, Copy, Debug)]
pub(super) struct BurstShape {
    pub(super) base: Load,
    pub(super) peak: Load,
    pub(super) rise_us: u64,
    pub(super) hold_us: u64,
}

/// The plans of the workloads that have a burst, and when it is over.
#[derive(Debug)]
pub(super) struct PlannedBurst {
    pub(super) plans: Vec<(usize, UserPlan)>,
    pub(super) until_us: u64,
}

/// The plan of a workload.
#[derive(Debug)]
enum WorkloadPlan {
    Closed {
        plans: UserPlans,
        start_us: u64,
        /// Of what the operator steers; nothing where users are planned.
        part: Option<LoadShare>,
    },
    Open {
        arrivals: Arrivals,
        start_us: u64,
        until_us: u64,
    },
}

/// The current plan and a few before it, so that a second that is closed late
/// still gets the plan of its own time.
#[derive(Debug)]
struct UserPlans(VecDeque<(u64, UserPlan)>);

/// Plans remembered; a second is closed within two seconds, and operators
/// (or their slider) change the load a few times a second at most.
const REMEMBERED: usize = 16;

impl Plan {
    /// The plan that a run begins with.
    pub(super) fn new(workloads: &[Workload]) -> Self {
        Self(workloads.iter().map(WorkloadPlan::new).collect())
    }

    /// From `now_us` on, another number of users at another rate for what the
    /// operator steers: the workloads, and the plan of each that does that.
    pub(super) fn redirect(&mut self, now_us: u64, load: Load) -> Vec<(usize, UserPlan)> {
        self.steer(now_us, |now, start_us, part| {
            let Load { users, spawn_rate } = part.of_load(load);
            Some(if now_us < start_us {
                UserPlan::Ramp(Ramp::new(start_us, 0, users, spawn_rate))
            } else {
                now.redirect(now_us, users, spawn_rate)
            })
        })
    }

    /// From `now_us` on, as many users as there are then, of what the operator steers.
    pub(super) fn freeze(&mut self, now_us: u64) -> Vec<(usize, UserPlan)> {
        self.steer(now_us, |now, start_us, _| {
            let users = now.users_at(now_us);
            let frozen = || UserPlan::Ramp(Ramp::new(now_us, users, users, 1.0));
            (now_us >= start_us).then(frozen)
        })
    }

    /// From `now_us` on, for what the operator steers: up to a peak, there for
    /// a while, and back. A rise that has begun already takes what is left of
    /// it. The plans, and when it is over.
    pub(super) fn burst(&mut self, now_us: u64, shape: BurstShape) -> PlannedBurst {
        let BurstShape {
            base,
            peak,
            rise_us,
            hold_us,
        } = shape;
        let mut until_us = now_us;
        let plans = self.steer(now_us, |now, start_us, part| {
            if now_us < start_us {
                return None;
            }
            let now = now.value_at(now_us);
            let [base, peak] = [base, peak].map(|load| f64::from(part.of_load(load).users));
            let left = ((peak - now).abs() / (peak - base).max(1.0)).min(1.0);
            let mut users = Curve::from_value(now);
            users.line_to(micros(Duration::from_micros(rise_us).mul_f64(left)), peak);
            users.line_to(hold_us, peak);
            users.line_to(rise_us, base);
            until_us = until_us.max(now_us.saturating_add(users.end_us()));
            Some(UserPlan::Curve {
                users: Arc::new(users),
                start_us: now_us,
            })
        });
        PlannedBurst { plans, until_us }
    }

    /// Steers what the workloads say is steered, from now on.
    pub(super) fn adopt(&mut self, workloads: &[Workload]) {
        for (plan, workload) in self.0.iter_mut().zip(workloads) {
            if let (WorkloadPlan::Closed { part, .. }, Drive::Steered(_, of)) =
                (plan, &workload.drive)
            {
                *part = Some(of.clone());
            }
        }
    }

    /// From `now_us` on, what the workloads plan of users, where that was
    /// steered instead: the workloads, and the plan of each.
    pub(super) fn restore(
        &mut self,
        now_us: u64,
        workloads: &[Workload],
    ) -> Vec<(usize, UserPlan)> {
        let mut restored = Vec::new();
        for (index, (plan, workload)) in self.0.iter_mut().zip(workloads).enumerate() {
            let WorkloadPlan::Closed { plans, part, .. } = plan else {
                continue;
            };
            let is_planned = !matches!(workload.drive, Drive::Steered(..));
            if let (true, Some(plan)) = (is_planned && part.is_some(), UserPlan::of(workload)) {
                plans.push(now_us, plan.clone());
                *part = None;
                restored.push((index, plan));
            }
        }
        restored
    }

    /// The users of each workload that are planned for a moment.
    pub(crate) fn users_of_each(&self, at_us: u64) -> Vec<u32> {
        let users = self.0.iter().map(|plan| match plan {
            WorkloadPlan::Closed { plans, .. } => plans.at(at_us).users_at(at_us),
            WorkloadPlan::Open { .. } => 0,
        });
        users.collect()
    }

    /// The progress of each workload from one task start to the next at a moment, 0 to 1.
    pub(super) fn between_starts(&self, at_us: u64) -> Vec<f64> {
        let between = self.0.iter().map(|plan| match plan {
            WorkloadPlan::Open {
                arrivals, start_us, ..
            } => Starts::area_at(arrivals, *start_us, at_us).fract(),
            WorkloadPlan::Closed { .. } => 0.0,
        });
        between.collect()
    }

    /// From now on, the task starts that the workloads plan: the open ones, with
    /// their plans and when these begin.
    pub(super) fn arrive(&mut self, workloads: &[Workload]) -> Vec<(usize, Arrivals, u64)> {
        let mut open = Vec::new();
        for (index, (plan, workload)) in self.0.iter_mut().zip(workloads).enumerate() {
            if let Drive::Arrivals(arrivals) = &workload.drive {
                *plan = WorkloadPlan::new(workload);
                open.push((index, arrivals.clone(), micros(workload.start)));
            }
        }
        open
    }

    /// Gives each workload that the operator steers another plan from `now_us` on,
    /// made of its present one, when it begins and its part of the load. Those
    /// that have one, with it.
    fn steer(
        &mut self,
        now_us: u64,
        mut next: impl FnMut(&UserPlan, u64, &LoadShare) -> Option<UserPlan>,
    ) -> Vec<(usize, UserPlan)> {
        let mut steered = Vec::new();
        for (index, plan) in self.0.iter_mut().enumerate() {
            let WorkloadPlan::Closed {
                plans,
                start_us,
                part: Some(part),
            } = plan
            else {
                continue;
            };
            if let Some(plan) = next(plans.now(), *start_us, part) {
                plans.push(now_us, plan.clone());
                steered.push((index, plan));
            }
        }
        steered
    }

    /// From `now_us` on, no users and no starts.
    pub(super) fn stop(&mut self, now_us: u64) {
        for plan in &mut self.0 {
            match plan {
                WorkloadPlan::Closed { plans, .. } => plans.push(now_us, UserPlan::EMPTY),
                WorkloadPlan::Open { until_us, .. } => *until_us = now_us,
            }
        }
    }

    /// When the number of users is reached that the operator has set. Where
    /// nothing is steered: when all of the plan has begun.
    pub(crate) fn end_us(&self) -> u64 {
        let steered = self.0.iter().filter(|plan| plan.is_steered());
        let reached = steered.map(WorkloadPlan::reached_us).max();
        let begun = || self.0.iter().map(WorkloadPlan::reached_us).max();
        reached.or_else(begun).unwrap_or(0)
    }

    /// The users planned for a moment, of all closed workloads.
    pub(crate) fn users_at(&self, at_us: u64) -> u32 {
        let users = self.0.iter().map(|plan| match plan {
            WorkloadPlan::Closed { plans, .. } => plans.at(at_us).users_at(at_us),
            WorkloadPlan::Open { .. } => 0,
        });
        users.fold(0, u32::saturating_add)
    }

    /// The spread of `users` that run at a moment over the workloads: closed
    /// ones have what is planned for them, open ones share the rest.
    pub(crate) fn users_by_workload(&self, at_us: u64, users: u64) -> Vec<f64> {
        let planned = |plan: &WorkloadPlan| match plan {
            WorkloadPlan::Closed { plans, .. } => Some(f64::from(plans.at(at_us).users_at(at_us))),
            WorkloadPlan::Open { .. } => None,
        };
        let closed: f64 = self.0.iter().filter_map(planned).sum();
        let open = self.0.iter().filter(|plan| planned(plan).is_none()).count();
        let rest = (float(users) - closed).max(0.0) / float(open.max(1) as u64);
        let plans = self.0.iter();
        plans.map(|plan| planned(plan).unwrap_or(rest)).collect()
    }

    /// Task starts per second planned for a moment, of all open workloads;
    /// `None` without one.
    pub(crate) fn starts_at(&self, at_us: u64) -> Option<f64> {
        let rates = self.0.iter().filter_map(|plan| match plan {
            WorkloadPlan::Closed { .. } => None,
            WorkloadPlan::Open { until_us, .. } if at_us >= *until_us => Some(0.0),
            WorkloadPlan::Open {
                arrivals, start_us, ..
            } => Some(Starts::rate_at(arrivals, *start_us, at_us)),
        });
        rates.reduce(|sum, rate| sum + rate)
    }
}

impl WorkloadPlan {
    fn new(workload: &Workload) -> Self {
        match &workload.drive {
            Drive::Arrivals(arrivals) => Self::Open {
                arrivals: arrivals.clone(),
                start_us: micros(workload.start),
                until_us: u64::MAX,
            },
            Drive::Steered(..) | Drive::Fixed(_) | Drive::Users(_) => {
                let plan = UserPlan::of(workload).unwrap_or(UserPlan::EMPTY);
                Self::Closed {
                    plans: UserPlans(VecDeque::from([(0, plan)])),
                    start_us: micros(workload.start),
                    part: match &workload.drive {
                        Drive::Steered(_, part) => Some(part.clone()),
                        _ => None,
                    },
                }
            }
        }
    }

    fn is_steered(&self) -> bool {
        matches!(self, Self::Closed { part: Some(_), .. })
    }

    /// When its ramp is at its end; of a curve and of arrivals, when they begin.
    fn reached_us(&self) -> u64 {
        match self {
            Self::Closed { plans, part, .. } => match plans.now() {
                UserPlan::Ramp(ramp) => ramp.end_us(),
                // A burst of what is steered.
                UserPlan::Curve { start_us, users } if part.is_some() => {
                    start_us.saturating_add(users.end_us())
                }
                UserPlan::Curve { start_us, .. } => *start_us,
            },
            Self::Open { start_us, .. } => *start_us,
        }
    }
}

impl UserPlans {
    fn now(&self) -> &UserPlan {
        self.0.back().map_or(&UserPlan::EMPTY, |(_, plan)| plan)
    }

    fn at(&self, at_us: u64) -> &UserPlan {
        let piece = self.0.iter().rev().find(|(from_us, _)| *from_us <= at_us);
        piece.map_or(&UserPlan::EMPTY, |(_, plan)| plan)
    }

    fn push(&mut self, from_us: u64, plan: UserPlan) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((from_us, plan));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Spacing;

    fn load(users: u32) -> Load {
        Load {
            users,
            spawn_rate: 10.0,
        }
    }

    #[test]
    fn the_past_keeps_its_plan() {
        let mut plan = Plan::new(&[Workload::steered(load(10))]);
        plan.redirect(2_000_000, load(100));
        plan.stop(5_000_000);
        assert_eq!(plan.users_at(1_000_000), 10);
        assert_eq!(plan.users_at(4_000_000), 31);
        assert_eq!(plan.users_at(5_000_000), 0);
        assert_eq!(plan.starts_at(0), None);
    }

    #[test]
    fn an_edit_reaches_every_part_of_what_is_steered() {
        let part = |start_s, part| Workload {
            start: Duration::from_secs(start_s),
            drive: Drive::Steered(load(40), part),
        };
        let mut parts = LoadShare::of_shares(&[3, 1]).into_iter();
        let [now, later] = [0, 60].map(|start_s| part(start_s, parts.next().unwrap()));
        let planned = Workload {
            start: Duration::from_secs(100),
            drive: Drive::Fixed(load(7)),
        };
        let mut plan = Plan::new(&[now, planned, later]);
        assert_eq!(plan.users_at(59_000_000), 30);
        assert_eq!(plan.users_at(99_000_000), 40);
        assert_eq!(plan.users_at(200_000_000), 47);
        // 9 steps at a quarter of 10 a second; what is planned is not waited for.
        assert_eq!(plan.end_us(), 60_000_000 + 9 * 400_000);
        let redirected = plan.redirect(10_000_000, load(80));
        let workloads: Vec<_> = redirected.iter().map(|(workload, _)| *workload).collect();
        assert_eq!(workloads, [0, 2]);
        assert_eq!(plan.users_at(59_000_000), 60);
        assert_eq!(plan.users_at(99_000_000), 80);
    }

    #[test]
    fn a_burst_rises_stays_and_goes() {
        let mut plan = Plan::new(&[Workload::steered(load(10))]);
        let shape = |hold_us| BurstShape {
            base: load(10),
            peak: load(50),
            rise_us: 1_000_000,
            hold_us,
        };
        let planned = plan.burst(5_000_000, shape(10_000_000));
        assert_eq!((planned.plans.len(), planned.until_us), (1, 17_000_000));
        let at = |plan: &Plan| {
            [5.0, 5.5, 6.0, 15.9, 16.5, 17.0, 60.0].map(|s| plan.users_at((s * 1e6) as u64))
        };
        assert_eq!(at(&plan), [10, 30, 50, 50, 30, 10, 10]);
        // Renewed in the middle of its rise: half of that is left.
        let planned = plan.burst(5_500_000, shape(1_000_000));
        assert_eq!(planned.until_us, 8_000_000);
        assert_eq!(plan.users_at(6_000_000), 50);
    }

    #[test]
    fn workloads_add_up() {
        let mut rate = Curve::from_value(0.0);
        rate.line_to(10_000_000, 50.0);
        let open = Workload {
            start: Duration::from_secs(1),
            drive: Drive::Arrivals(Arrivals {
                rate: Arc::new(rate),
                spacing: Spacing::Even,
                max_users: 5,
                queue: 0,
            }),
        };
        let mut plan = Plan::new(&[Workload::steered(load(10)), open.clone(), open]);
        assert_eq!(plan.users_at(1_000_000), 10);
        assert_eq!(plan.starts_at(6_000_000), Some(50.0));
        assert_eq!(plan.users_by_workload(6_000_000, 14), [10.0, 2.0, 2.0]);
        let redirected = plan.redirect(0, load(10));
        assert_eq!(redirected.len(), 1, "arrivals are not steered");
        plan.stop(7_000_000);
        assert_eq!(plan.starts_at(6_000_000), Some(50.0));
        assert_eq!(plan.starts_at(7_000_000), Some(0.0));
    }
}
