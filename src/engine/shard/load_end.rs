//! The end of a shard's load, which each shard keeps by itself.

use std::cell::Cell;
use std::rc::Rc;

use crate::engine::shard::thread::Shard;
use crate::engine::timer::{Nap, Timer};

/// When the load of a shard ends. From then on no task starts and no user comes.
#[derive(Debug)]
pub(crate) struct LoadEnd {
    /// On the shard's clock; `u64::MAX` while there is none.
    at_us: Cell<u64>,
    nap: Nap,
}

impl LoadEnd {
    pub(crate) fn new(at_us: u64) -> Self {
        Self {
            at_us: Cell::new(at_us),
            nap: Nap::default(),
        }
    }

    /// When it is, on the shard's clock.
    pub(crate) fn at_us(&self) -> u64 {
        self.at_us.get()
    }

    /// Whether its time has come. Cost: a comparison.
    pub(crate) fn is_past(&self, now_us: u64) -> bool {
        now_us >= self.at_us.get()
    }

    /// Moves it.
    pub(crate) fn set(&self, at_us: u64, timer: &Timer) {
        self.at_us.set(at_us);
        timer.wake(&self.nap);
    }
}

/// Stops the shard at its appointment. Runs as a task of the shard.
pub(crate) async fn keep(shard: Rc<Shard>) {
    let end = &shard.end;
    while !end.is_past(shard.clock.now_us()) {
        shard.timer.sleep_until(end.at_us(), &end.nap).await;
    }
    if shard.is_stopping() {
        return;
    }
    // Starts that were due before the end reach their users first: what drives
    // the users runs once more before the rest of this.
    shard.wake_lanes();
    tokio::task::yield_now().await;
    shard.stop(end.at_us(), shard.setup.stop_timeout_us);
}
