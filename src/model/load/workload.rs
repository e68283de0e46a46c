use std::sync::Arc;
use std::time::Duration;

use crate::model::{Curve, Load, LoadShare};

/// User classes and what drives their users. A scenario has at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// When it begins, counted from the start of the run.
    pub start: Duration,
    /// The drive of its users.
    pub drive: Drive,
}

/// The source of users and task starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Drive {
    /// Closed load, steered by the operator: the load of all workloads of the
    /// kind together, and which part of it is this one's.
    Steered(Load, LoadShare),
    /// Closed load by plan: so many users at a spawn rate, until the run ends.
    Fixed(Load),
    /// Closed load by plan: users over time.
    Users(Arc<Curve>),
    /// Open load: task starts over time, whatever the answers take.
    Arrivals(Arrivals),
}

/// An open load.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// Task starts per second over time.
    pub rate: Arc<Curve>,
    /// The spacing.
    pub spacing: Spacing,
    /// The most users; they are started when they are needed, and kept.
    pub max_users: u32,
    /// Starts that wait for a user; beyond that a start is dropped and counted.
    pub queue: u32,
}

/// The spacing of an open load's starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// At even distances.
    Even,
    /// As a Poisson process: visitors who know nothing of each other.
    Poisson,
}

impl Workload {
    /// A load that the operator steers from the start, all of it.
    #[must_use]
    pub fn steered(load: Load) -> Self {
        Self {
            start: Duration::ZERO,
            drive: Drive::Steered(load, LoadShare::whole()),
        }
    }

    /// The load that an operator steers with these workloads; `None` where
    /// all of them are planned.
    #[must_use]
    pub fn steered_load(workloads: &[Self]) -> Option<Load> {
        workloads.iter().find_map(|workload| match workload.drive {
            Drive::Steered(load, _) => Some(load),
            _ => None,
        })
    }

    /// Gives the workloads that the operator steers another load, of which
    /// each has its part.
    pub fn steer(workloads: &mut [Self], load: Load) {
        for workload in workloads {
            if let Drive::Steered(steered, _) = &mut workload.drive {
                *steered = load;
            }
        }
    }

    /// As [`steer`](Self::steer); if nothing is steered yet, planned users are from
    /// now on. Each workload gets a share by its present users (`now`), or by its
    /// peak if it has none.
    pub fn take_over(workloads: &mut [Self], load: Load, now: &[u32]) {
        if Self::steered_load(workloads).is_some() {
            return Self::steer(workloads, load);
        }
        let has_users = now.iter().any(|users| *users > 0);
        let is_closed = |(_, one): &(usize, &mut Self)| !matches!(one.drive, Drive::Arrivals(_));
        let closed: Vec<_> = workloads.iter_mut().enumerate().filter(is_closed).collect();
        let share = |(index, one): &(usize, &mut Self)| match has_users {
            true => now.get(*index).copied().unwrap_or(0),
            false => one.peak_users(),
        };
        let shares: Vec<_> = closed.iter().map(|one| share(one).max(1)).collect();
        for ((_, workload), part) in closed.into_iter().zip(LoadShare::of_shares(&shares)) {
            workload.drive = Drive::Steered(load, part);
        }
    }

    /// The sum of the highest rates of task starts; `None` without arrivals.
    #[must_use]
    pub fn peak_rate(workloads: &[Self]) -> Option<f64> {
        let peaks = workloads.iter().filter_map(Self::own_peak_rate);
        peaks.reduce(|sum, peak| sum + peak)
    }

    /// So many task starts per second, all the time, of which each open workload
    /// has its part by the highest rate that is planned for it.
    pub fn set_rate(workloads: &mut [Self], planned: &[Self], per_second: f64) {
        let all = Self::peak_rate(planned).filter(|all| *all > 0.0);
        let peaks = planned.iter().map(Self::own_peak_rate);
        #[expect(clippy::cast_precision_loss, reason = "a few workloads")]
        let open = peaks.clone().flatten().count().max(1) as f64;
        for (workload, peak) in workloads.iter_mut().zip(peaks) {
            if let (Drive::Arrivals(arrivals), Some(peak)) = (&mut workload.drive, peak) {
                let part = all.map_or(1.0 / open, |all| peak / all);
                arrivals.rate = Arc::new(Curve::from_value(per_second * part));
            }
        }
    }

    /// Its highest rate of task starts, if it has arrivals.
    #[must_use]
    pub fn own_peak_rate(&self) -> Option<f64> {
        match &self.drive {
            Drive::Arrivals(arrivals) => Some(arrivals.rate.peak()),
            _ => None,
        }
    }

    /// So many users at a spawn rate, where that is what drives it.
    #[must_use]
    pub fn load(&self) -> Option<Load> {
        match &self.drive {
            Drive::Steered(load, part) => Some(part.of_load(*load)),
            Drive::Fixed(load) => Some(*load),
            Drive::Users(_) | Drive::Arrivals(_) => None,
        }
    }

    /// When its plan ends; `None` for a load that is steered and for a
    /// constant one, which goes on for ever.
    #[must_use]
    pub fn planned_end(&self) -> Option<Duration> {
        let curve = match &self.drive {
            Drive::Steered(..) | Drive::Fixed(_) => return None,
            Drive::Users(users) => users,
            Drive::Arrivals(arrivals) => &arrivals.rate,
        };
        let end = Duration::from_micros(curve.end_us());
        (!end.is_zero()).then(|| self.start + end)
    }

    /// The most users it has at a time.
    #[must_use]
    pub fn peak_users(&self) -> u32 {
        match &self.drive {
            Drive::Steered(load, part) => part.of_count(load.users),
            Drive::Fixed(load) => load.users,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates; users are bounded where they are read"
            )]
            Drive::Users(users) => users.peak().round() as u32,
            Drive::Arrivals(arrivals) => arrivals.max_users,
        }
    }
}
