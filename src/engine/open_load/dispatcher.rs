//! Calls a shard's users to the task starts of an open load.

use std::rc::Rc;

use crate::engine::open_load::arrival_queue::{Admitted, ArrivalQueue};
use crate::engine::shard::spawner;
use crate::engine::shard::thread::Shard;
use crate::schedule::Starts;

/// Follows the plan of workload `index` until the shard stops. Runs as a task of
/// the shard.
pub(crate) async fn run(shard: Rc<Shard>, index: usize) {
    let workload = &shard.workloads[index];
    let Some(queue) = workload.arrival_queue() else {
        return;
    };
    let first_slot = queue.slots().first().unwrap_or(0);
    let seed = shard.setup.seed.of_starts(index, first_slot);
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut starts = None;
    let mut next = |starts: &mut Option<Starts>| starts.as_mut()?.next_us(rng.f64());
    let mut due = None;
    let mut admitted_us = 0;
    loop {
        let now_us = shard.run_now_us();
        let plan = queue.take_plan(admitted_us);
        let end_us = shard.setup.run_us(shard.end.at_us());
        let until_us = plan.as_ref().map_or(u64::MAX, |(from_us, _)| *from_us);
        let until_us = until_us.min(end_us);
        while let Some(due_us) = due.filter(|&due_us| due_us <= now_us && due_us < until_us) {
            if shard.setup.limits.is_exhausted() {
                starts = None;
            } else if !shard.pause.is_on() {
                admit(&shard, index, queue, due_us);
                shard.recorder.borrow_mut().record_lateness(now_us - due_us);
            }
            admitted_us = due_us + 1;
            due = next(&mut starts);
        }
        // Not before: what was due until then is planned, and counts.
        if shard.is_stopping() {
            return;
        }
        if let Some((_, of_plan)) = plan {
            starts = Some(of_plan);
            due = next(&mut starts);
            continue;
        }
        queue.set_over_from(match due {
            Some(_) => u64::MAX,
            None => starts.as_ref().map_or(0, Starts::end_us),
        });
        // A user that ended may have left starts waiting that nobody comes for.
        if queue.wants_user() && !shard.pause.is_on() {
            spawner::spawn_for_queue(&shard, index, queue);
        }
        let next_us = due.map_or(u64::MAX, |due_us| shard.setup.clock_us(due_us));
        shard.timer.sleep_until(next_us, &workload.sleep).await;
    }
}

fn admit(shard: &Rc<Shard>, index: usize, queue: &ArrivalQueue, due_us: u64) {
    let due_us = shard.setup.clock_us(due_us);
    shard.start_planned(index, due_us);
    if shard.is_stopping() {
        return shard.start_left(index, due_us);
    }
    match queue.admit(due_us, &shard.timer) {
        Admitted::HandedOver | Admitted::Waits => {}
        Admitted::WaitsForNewUser => spawner::spawn_for_queue(shard, index, queue),
        Admitted::Dropped => shard.start_dropped(index, queue, due_us),
    }
}
