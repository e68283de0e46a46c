//! Starts and ends a shard's users.

use std::rc::Rc;

use crate::engine::open_load::arrival_queue::ArrivalQueue;
use crate::engine::shard::thread::Shard;
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::shard::workload::{Replacing, ShardWorkload, WorkloadDrive};
use crate::engine::user::{User, UserSlot};
use crate::model::Population;
use crate::schedule::UserPlan;

/// The longest between two users that are replaced: an hour.
const EVERY_MAX_US: u64 = 3_600_000_000;

/// Follows the plan of a closed workload until the shard stops. Runs as a task of
/// the shard.
pub(crate) async fn run(shard: Rc<Shard>, index: usize) {
    let workload = &shard.workloads[index];
    let WorkloadDrive::Closed(plan) = &workload.driven else {
        return;
    };
    loop {
        // Checked here and not after the sleep: a stop may come before the first turn.
        if shard.is_stopping() {
            return;
        }
        let now_us = shard.run_now_us();
        let mut replaced_us = None;
        if !shard.end.is_past(shard.clock.now_us()) {
            let wanted = shard.share_of(plan.borrow().users_at(now_us));
            fit(&shard, index, wanted);
            replaced_us = replace(&shard, index, now_us);
        }
        let due_us = next_due_us(&shard, workload, &plan.borrow(), now_us);
        let due_us = due_us.into_iter().chain(replaced_us).min();
        let next_us = due_us.map_or(u64::MAX, |due_us| shard.setup.clock_us(due_us));
        shard.timer.sleep_until(next_us, &workload.sleep).await;
    }
}

/// Starts or ends users until there are as many as wanted.
fn fit(shard: &Rc<Shard>, index: usize, wanted: usize) {
    let workload = &shard.workloads[index];
    let mut present = workload.users.borrow().len();
    while present < wanted {
        spawn(shard, index, present);
        present += 1;
    }
    let cut_at_us = cut_at_us(shard);
    while present > wanted {
        let mut users = workload.users.borrow_mut();
        // What it misses from now on is not planned any more.
        let dismissed = users.dismiss_last(&shard.timer, cut_at_us);
        dismissed.inspect(|handle| shard.end_pace(handle));
        present -= 1;
    }
}

/// When a user is cut off that is dismissed now.
fn cut_at_us(shard: &Shard) -> u64 {
    let now_us = shard.clock.now_us();
    now_us.saturating_add(shard.setup.stop_timeout_us)
}

/// Gives the classes of a workload other populations. Under a closed load users
/// whose class is another then are replaced, so many a second on all shards.
pub(super) fn remix(shard: &Shard, index: usize, populations: &[Population], per_second: f64) {
    let Some(workload) = shard.workloads.get(index) else {
        return;
    };
    workload.remix(populations);
    if let WorkloadDrive::Closed(_) = workload.driven {
        let own_per_second = per_second * shard.slots.fraction();
        let every_us = 1e6 / own_per_second.max(f64::MIN_POSITIVE);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates; positive"
        )]
        let every_us = (every_us as u64).clamp(1, EVERY_MAX_US);
        workload.replaced.replace(Some(Replacing {
            position: 0,
            every_us,
            next_us: shard.run_now_us(),
        }));
        shard.timer.wake(&workload.sleep);
    }
}

/// Replaces the users that are due to be replaced; when the next one is.
fn replace(shard: &Rc<Shard>, index: usize, now_us: u64) -> Option<u64> {
    let workload = &shard.workloads[index];
    let mut replacing = workload.replaced.take()?;
    let cut_at_us = cut_at_us(shard);
    while replacing.position < workload.users.borrow().len() {
        let position = replacing.position;
        let class = workload.class_of(shard.number_of(position));
        if workload.users.borrow().class_at(position) != class {
            if replacing.next_us > now_us {
                let next_us = replacing.next_us;
                workload.replaced.replace(Some(replacing));
                return Some(next_us);
            }
            if let Some((handle, user)) = create(shard, index, position) {
                let mut users = workload.users.borrow_mut();
                let before = users.replace(position, handle, &shard.timer, cut_at_us);
                before.inspect(|handle| shard.end_pace(handle));
                tokio::task::spawn_local(user.live());
            }
            replacing.next_us += replacing.every_us;
        }
        replacing.position += 1;
    }
    None
}

/// Starts one more user of an open workload.
pub(crate) fn spawn_for_queue(shard: &Rc<Shard>, index: usize, queue: &ArrivalQueue) {
    queue.user_joins();
    spawn(shard, index, queue.take_position());
}

fn spawn(shard: &Rc<Shard>, index: usize, position: usize) {
    if let Some((handle, user)) = create(shard, index, position) {
        shard.workloads[index].users.borrow_mut().push(handle);
        tokio::task::spawn_local(user.live());
    }
}

fn create(shard: &Rc<Shard>, index: usize, position: usize) -> Option<(Rc<UserHandle>, User)> {
    let workload = &shard.workloads[index];
    let number = shard.number_of(position);
    // Plans and queues stay within what fixed counts allow.
    let class = workload.class_of(number)?;
    let handle = UserHandle::new(class);
    let slot = UserSlot {
        workload: index,
        position,
        class,
        number,
        life: workload.begin_life(position),
    };
    let user = User::new(Rc::clone(shard), Rc::clone(&handle), slot);
    Some((handle, user))
}

/// The next change of this workload's after `now_us`, at which all up to it were made.
fn next_due_us(
    shard: &Shard,
    workload: &ShardWorkload,
    plan: &UserPlan,
    now_us: u64,
) -> Option<u64> {
    let present = workload.users.borrow().len();
    let last = present
        .checked_sub(1)
        .map(|position| shard.number_of(position));
    plan.next_change_us(now_us, shard.number_of(present), last)
}
