//! Starts and ends a shard's users.

use std::rc::Rc;

use crate::engine::open_load::arrival_queue::ArrivalQueue;
use crate::engine::shard::thread::Shard;
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::shard::workload::{Driven, Replacing, ShardWorkload};
use crate::engine::user::{User, UserSlot};
use crate::model::Population;
use crate::schedule::UserPlan;

/// The longest between two users that are replaced: an hour.
const EVERY_MAX_US: u64 = 3_600_000_000;

/// Follows the plan of a closed lane until the shard stops. Runs as a task of
/// the shard.
pub(crate) async fn run(shard: Rc<Shard>, index: usize) {
    let lane = &shard.lanes[index];
    let Driven::Closed(plan) = &lane.driven else {
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
        let due_us = next_due_us(&shard, lane, &plan.borrow(), now_us);
        let due_us = due_us.into_iter().chain(replaced_us).min();
        let next_us = due_us.map_or(u64::MAX, |due_us| shard.setup.clock_us(due_us));
        shard.timer.sleep_until(next_us, &lane.nap).await;
    }
}

/// Starts or ends users until there are as many as wanted.
fn fit(shard: &Rc<Shard>, index: usize, wanted: usize) {
    let lane = &shard.lanes[index];
    let mut present = lane.roster.borrow().len();
    while present < wanted {
        spawn(shard, index, present);
        present += 1;
    }
    let cut_at_us = cut_at_us(shard);
    while present > wanted {
        let mut roster = lane.roster.borrow_mut();
        // What it misses from now on is not planned any more.
        let dismissed = roster.dismiss_last(&shard.timer, cut_at_us);
        dismissed.inspect(|member| shard.end_pace(member));
        present -= 1;
    }
}

/// When a user is cut off that is dismissed now.
fn cut_at_us(shard: &Shard) -> u64 {
    let now_us = shard.clock.now_us();
    now_us.saturating_add(shard.setup.stop_timeout_us)
}

/// Gives the classes of a lane other populations. Under a closed load users
/// whose class is another then are replaced, so many a second on all shards.
pub(super) fn remix(shard: &Shard, index: usize, populations: &[Population], per_second: f64) {
    let Some(lane) = shard.lanes.get(index) else {
        return;
    };
    lane.remix(populations);
    if let Driven::Closed(_) = lane.driven {
        let own_per_second = per_second * shard.slots.fraction();
        let every_us = 1e6 / own_per_second.max(f64::MIN_POSITIVE);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates; positive"
        )]
        let every_us = (every_us as u64).clamp(1, EVERY_MAX_US);
        lane.replaced.replace(Some(Replacing {
            position: 0,
            every_us,
            next_us: shard.run_now_us(),
        }));
        shard.timer.wake(&lane.nap);
    }
}

/// Replaces the users that are due to be replaced; when the next one is.
fn replace(shard: &Rc<Shard>, index: usize, now_us: u64) -> Option<u64> {
    let lane = &shard.lanes[index];
    let mut replacing = lane.replaced.take()?;
    let cut_at_us = cut_at_us(shard);
    while replacing.position < lane.roster.borrow().len() {
        let position = replacing.position;
        let class = lane.class_of(shard.number_of(position));
        if lane.roster.borrow().class_at(position) != class {
            if replacing.next_us > now_us {
                let next_us = replacing.next_us;
                lane.replaced.replace(Some(replacing));
                return Some(next_us);
            }
            if let Some((member, user)) = create(shard, index, position) {
                let mut roster = lane.roster.borrow_mut();
                let before = roster.replace(position, member, &shard.timer, cut_at_us);
                before.inspect(|member| shard.end_pace(member));
                tokio::task::spawn_local(user.live());
            }
            replacing.next_us += replacing.every_us;
        }
        replacing.position += 1;
    }
    None
}

/// Starts one more user of an open lane.
pub(crate) fn spawn_for_desk(shard: &Rc<Shard>, index: usize, desk: &ArrivalQueue) {
    desk.user_joins();
    spawn(shard, index, desk.take_position());
}

fn spawn(shard: &Rc<Shard>, index: usize, position: usize) {
    if let Some((member, user)) = create(shard, index, position) {
        shard.lanes[index].roster.borrow_mut().push(member);
        tokio::task::spawn_local(user.live());
    }
}

fn create(shard: &Rc<Shard>, index: usize, position: usize) -> Option<(Rc<UserHandle>, User)> {
    let lane = &shard.lanes[index];
    let number = shard.number_of(position);
    // Plans and desks stay within what fixed counts allow.
    let class = lane.class_of(number)?;
    let member = UserHandle::new(class);
    let seat = UserSlot {
        lane: index,
        position,
        class,
        number,
        life: lane.begin_life(position),
    };
    let user = User::new(Rc::clone(shard), Rc::clone(&member), seat);
    Some((member, user))
}

/// The next change of this lane's after `now_us`, at which all up to it were made.
fn next_due_us(shard: &Shard, lane: &ShardWorkload, plan: &UserPlan, now_us: u64) -> Option<u64> {
    let present = lane.roster.borrow().len();
    let last = present
        .checked_sub(1)
        .map(|position| shard.number_of(position));
    plan.next_change_us(now_us, shard.number_of(present), last)
}
