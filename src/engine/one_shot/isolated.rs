//! One user on a shard of its own, outside any run.

use std::io;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::engine::shard::swarm::SwarmSetup;
use crate::engine::shard::thread::{SWEEP_US, Shard, on_runtime};
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::timer::SleepHandle;
use crate::engine::user::{User, UserSlot};
use crate::model::{ClassId, Seed};
use crate::program::RowAllocator;

/// Lets a user of a class act on this thread, which must have no runtime.
/// What the shard counts is lost.
///
/// # Errors
/// Out of descriptors for the runtime's poll or the timer.
pub(crate) fn run_isolated<T>(
    setup: SwarmSetup,
    class: ClassId,
    act: impl AsyncFnOnce(User) -> T,
) -> io::Result<T> {
    on_runtime(async move {
        // Nobody reads what the shard would report.
        let (reports, _) = mpsc::channel(1);
        let setup = SwarmSetup {
            shards: 1,
            // What it makes up must not be what the first user of the run makes up.
            seed: Seed::new(fastrand::u64(..)),
            ..setup
        };
        // The rows that it takes are not missing in the run.
        let rows = Arc::new(RowAllocator::new(&setup.program.feeds));
        let shard = Shard::new(0, setup, rows, reports)?;
        let handle = UserHandle::new(class);
        shard.turn_timer();
        tokio::task::spawn_local(sweep(Rc::clone(&shard), Rc::clone(&handle)));
        let slot = UserSlot {
            workload: 0,
            position: 0,
            class,
            number: 0,
            life: 0,
        };
        Ok(act(User::new(shard, handle, slot)).await)
    })
}

async fn sweep(shard: Rc<Shard>, handle: Rc<UserHandle>) {
    let sleep = SleepHandle::default();
    loop {
        let now_us = shard.clock.now_us();
        handle.sweep(now_us);
        shard.timer.sleep_until(now_us + SWEEP_US, &sleep).await;
    }
}
