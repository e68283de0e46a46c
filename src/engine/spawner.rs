//! Starts and ends a shard's users as the ramp asks.

use std::rc::Rc;

use crate::engine::member::Member;
use crate::engine::shard::Shard;
use crate::engine::user::User;
use crate::schedule::Ramp;

/// A shard's users. Positions are filled from the bottom and emptied from the
/// top, as the ramp goes; users that leave stay listed until they are gone.
#[derive(Debug, Default)]
pub(super) struct Roster {
    present: Vec<Rc<Member>>,
    leaving: Vec<Rc<Member>>,
}

impl Roster {
    /// Ends what has taken too long, forgets who is gone.
    pub(super) fn sweep(&mut self, now_us: u64) {
        self.present.iter().for_each(|member| member.sweep(now_us));
        self.leaving.retain(|member| {
            member.sweep(now_us);
            !member.is_gone()
        });
    }

    fn dismiss_last(&mut self, shard: &Shard, cut_at_us: u64) {
        if let Some(member) = self.present.pop() {
            member.dismiss(cut_at_us, &shard.timer);
            self.leaving.push(member);
        }
    }
}

/// Follows the shard's ramp until the shard stops. Runs as a task of the shard.
pub(super) async fn run(shard: Rc<Shard>) {
    loop {
        // Checked here and not after the sleep: a stop may come before the first turn.
        if shard.is_stopping() {
            return;
        }
        let ramp = shard.ramp.get();
        let now_us = shard.run_now_us();
        let wanted = shard.share_of(ramp.users_at(now_us));
        let mut present = shard.roster.borrow().present.len();
        while present < wanted {
            spawn(&shard, ramp, now_us);
            present += 1;
        }
        let cut_at_us = shard
            .clock
            .now_us()
            .saturating_add(shard.setup.stop_timeout_us);
        while present > wanted {
            shard.roster.borrow_mut().dismiss_last(&shard, cut_at_us);
            present -= 1;
        }
        let due_us = next_due_us(&shard, ramp, present, now_us);
        let next_us = due_us.map_or(u64::MAX, |due_us| {
            shard.setup.origin_us.saturating_add(due_us)
        });
        shard.timer.sleep_until(next_us, &shard.spawner_nap).await;
    }
}

/// Dismisses everybody.
pub(super) fn dismiss_all(shard: &Shard, cut_at_us: u64) {
    let mut roster = shard.roster.borrow_mut();
    // Those that were leaving already may have had more time before the stop.
    roster
        .leaving
        .iter()
        .for_each(|member| member.dismiss(cut_at_us, &shard.timer));
    while !roster.present.is_empty() {
        roster.dismiss_last(shard, cut_at_us);
    }
}

fn spawn(shard: &Rc<Shard>, ramp: Ramp, now_us: u64) {
    let position = shard.roster.borrow().present.len();
    let number = shard.number_of(position);
    let Some(class) = shard.mix.borrow_mut().class_of(number) else {
        return;
    };
    let due_us = ramp.due_us(number).unwrap_or(now_us);
    let member = Member::new();
    let user = User::new(Rc::clone(shard), Rc::clone(&member), class, number);
    shard.roster.borrow_mut().present.push(member);
    tokio::task::spawn_local(user.live(shard.setup.origin_us + due_us));
}

/// The next step of this shard's after `now_us`, at which all up to it were taken.
fn next_due_us(shard: &Shard, ramp: Ramp, present: usize, now_us: u64) -> Option<u64> {
    // A ramp goes either up or down: only one of the two lies ahead.
    let up = ramp.due_us(shard.number_of(present));
    let down = present
        .checked_sub(1)
        .and_then(|last| ramp.due_us(shard.number_of(last)));
    [up, down]
        .into_iter()
        .flatten()
        .find(|&due_us| due_us > now_us)
}
