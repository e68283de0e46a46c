//! Starts and ends a shard's users.

use std::rc::Rc;

use crate::engine::lane::{Driven, Lane};
use crate::engine::member::Member;
use crate::engine::shard::Shard;
use crate::engine::user::{Seat, User};
use crate::schedule::UserPlan;

/// Follows the plan of a closed lane until the shard stops. Runs as a task of
/// the shard.
pub(super) async fn run(shard: Rc<Shard>, index: usize) {
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
        let wanted = shard.share_of(plan.borrow().users_at(now_us));
        fit(&shard, index, wanted);
        let due_us = next_due_us(&shard, lane, &plan.borrow(), now_us);
        let next_us = due_us.map_or(u64::MAX, |due_us| {
            shard.setup.origin_us.saturating_add(due_us)
        });
        shard.timer.sleep_until(next_us, &lane.nap).await;
    }
}

/// Starts or ends users until there are as many as wanted.
fn fit(shard: &Rc<Shard>, index: usize, wanted: usize) {
    let lane = &shard.lanes[index];
    let mut present = lane.roster.borrow().len();
    while present < wanted {
        spawn(shard, index, shard.number_of(present));
        present += 1;
    }
    let cut_at_us = shard
        .clock
        .now_us()
        .saturating_add(shard.setup.stop_timeout_us);
    while present > wanted {
        let mut roster = lane.roster.borrow_mut();
        roster.dismiss_last(&shard.timer, cut_at_us);
        present -= 1;
    }
}

/// Starts one more user of an open lane.
pub(super) fn spawn_for_desk(shard: &Rc<Shard>, index: usize) {
    let number = shard.number_of(shard.next_number(index));
    spawn(shard, index, number);
}

fn spawn(shard: &Rc<Shard>, index: usize, number: u32) {
    let lane = &shard.lanes[index];
    let Some(class) = lane.class_of(number) else {
        return;
    };
    let member = Member::new();
    let seat = Seat {
        lane: index,
        class,
        number,
    };
    let user = User::new(Rc::clone(shard), Rc::clone(&member), seat);
    lane.roster.borrow_mut().push(member);
    if let Some(desk) = lane.desk() {
        desk.user_joins();
    }
    tokio::task::spawn_local(user.live());
}

/// The next change of this lane's after `now_us`, at which all up to it were made.
fn next_due_us(shard: &Shard, lane: &Lane, plan: &UserPlan, now_us: u64) -> Option<u64> {
    let present = lane.roster.borrow().len();
    let last = present
        .checked_sub(1)
        .map(|position| shard.number_of(position));
    plan.next_change_us(now_us, shard.number_of(present), last)
}
