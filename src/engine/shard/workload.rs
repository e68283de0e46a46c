//! A workload on a shard: its users and what drives them.

use std::cell::RefCell;

use crate::engine::open_load::arrival_queue::{ArrivalPlan, ArrivalQueue};
use crate::engine::shard::swarm::SwarmSetup;
use crate::engine::shard::thread::Shard;
use crate::engine::shard::user_set::UserSet;
use crate::engine::timer::SleepHandle;
use crate::model::{ClassId, Drive, Population, Slots, micros};
use crate::schedule::{Mix, UserPlan};

/// One workload's part of a shard.
#[derive(Debug)]
pub(crate) struct ShardWorkload {
    pub(crate) users: RefCell<UserSet>,
    /// Of the task that drives the users.
    pub(crate) sleep: SleepHandle,
    pub(crate) driven: WorkloadDrive,
    /// Users that are being replaced because their class is another now.
    pub(crate) replaced: RefCell<Option<Replacing>>,
    /// How many users each position has had.
    lives: RefCell<Vec<u32>>,
    mix: RefCell<Mix>,
    /// The workload's classes; the mix numbers them from 0.
    classes: Vec<ClassId>,
}

/// How far the users of a closed workload have been replaced.
#[derive(Debug)]
pub(crate) struct Replacing {
    /// The position that is looked at next.
    pub(crate) position: usize,
    /// The time between two of them.
    pub(crate) every_us: u64,
    /// When the next one may be replaced, on the run's axis.
    pub(crate) next_us: u64,
}

/// What drives a workload's users.
#[derive(Debug)]
pub(crate) enum WorkloadDrive {
    /// Closed load: users come and go by a plan.
    Closed(RefCell<UserPlan>),
    /// Open load: users are called when a task start is due.
    Open(Box<ArrivalQueue>),
}

impl ShardWorkload {
    /// The part of workload `index` that runs on shard `shard`.
    pub(crate) fn new(setup: &SwarmSetup, index: usize, shard: usize) -> Self {
        let workload = &setup.workloads[index];
        let program = &setup.program;
        let classes: Vec<_> = program.classes_of(index).collect();
        let populations: Vec<_> = classes
            .iter()
            .map(|class| program.classes[class.index()].population)
            .collect();
        let mix = Mix::new(&populations);
        let driven = match &workload.drive {
            Drive::Arrivals(arrivals) => {
                let capacity = mix.capacity().unwrap_or(u32::MAX);
                let max_users = arrivals.max_users.min(capacity);
                // Each part of the starts needs a user of its own.
                let parts = setup.shards.min(max_users as usize);
                let slots = Slots::all().dealt(shard, parts);
                let queue = ArrivalQueue::new(slots, max_users, arrivals.queue);
                queue.follow(ArrivalPlan {
                    arrivals: arrivals.clone(),
                    start_us: micros(workload.start),
                    from_us: 0,
                });
                WorkloadDrive::Open(Box::new(queue))
            }
            Drive::Steered(..) | Drive::Fixed(_) | Drive::Users(_) => {
                let plan = UserPlan::of(workload).unwrap_or(UserPlan::EMPTY);
                WorkloadDrive::Closed(RefCell::new(plan))
            }
        };
        Self {
            users: RefCell::default(),
            sleep: SleepHandle::default(),
            driven,
            replaced: RefCell::default(),
            lives: RefCell::default(),
            mix: RefCell::new(mix),
            classes,
        }
    }

    /// The class of the user with this number; `None` beyond the fixed counts.
    pub(crate) fn class_of(&self, number: u32) -> Option<ClassId> {
        let class = self.mix.borrow_mut().class_of(number)?;
        self.classes.get(class.index()).copied()
    }

    /// Whether its plan brings no more users or task starts after `now_us`, on
    /// the run's axis: users that ended by themselves are not replaced.
    pub(crate) fn is_over(&self, shard: &Shard, now_us: u64) -> bool {
        match &self.driven {
            WorkloadDrive::Closed(plan) => {
                let plan = plan.borrow();
                let is_full = shard.share_of(plan.users_at(now_us)) <= self.users.borrow().len();
                is_full && !plan.rises_after(now_us) && self.replaced.borrow().is_none()
            }
            WorkloadDrive::Open(queue) => queue.is_over(now_us),
        }
    }

    /// How many users there were in a position before the one that begins now.
    /// Cost: 4 bytes a position.
    pub(super) fn begin_life(&self, position: usize) -> u32 {
        let mut lives = self.lives.borrow_mut();
        if lives.len() <= position {
            lives.resize(position + 1, 0);
        }
        let life = lives[position];
        lives[position] = life.wrapping_add(1);
        life
    }

    /// Gives its classes other populations from now on.
    pub(super) fn remix(&self, populations: &[Population]) {
        self.mix.replace(Mix::new(populations));
    }

    /// Its queue, under an open load.
    pub(crate) fn arrival_queue(&self) -> Option<&ArrivalQueue> {
        match &self.driven {
            WorkloadDrive::Open(queue) => Some(queue),
            WorkloadDrive::Closed(_) => None,
        }
    }
}
