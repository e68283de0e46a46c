//! The end of a shard's load, which each shard keeps by itself.

use std::cell::Cell;
use std::rc::Rc;

use crate::engine::shard::thread::Shard;
use crate::engine::timer::{SleepHandle, Timer};

/// When the load of a shard ends. From then on no task starts and no user comes.
#[derive(Debug)]
pub(crate) struct LoadEnd {
    /// On the shard's clock; `u64::MAX` while there is none.
    at_us: Cell<u64>,
    /// Whether users were there until it came.
    was_reached: Cell<bool>,
    sleep: SleepHandle,
}

impl LoadEnd {
    pub(crate) fn new(at_us: u64) -> Self {
        Self {
            at_us: Cell::new(at_us),
            was_reached: Cell::new(false),
            sleep: SleepHandle::default(),
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

    /// A user has left. One that leaves from now on leaves because of the end: a
    /// shard that wakes late may see it gone before it stops.
    pub(crate) fn user_left(&self, now_us: u64) {
        if self.is_past(now_us) {
            self.was_reached.set(true);
        }
    }

    /// Whether users were there until it came: they have not left by themselves.
    pub(crate) fn was_reached(&self) -> bool {
        self.was_reached.get()
    }

    /// Moves it.
    pub(crate) fn set(&self, at_us: u64, timer: &Timer) {
        self.at_us.set(at_us);
        self.was_reached.set(false);
        timer.wake(&self.sleep);
    }
}

/// Stops the shard at its appointment. Runs as a task of the shard.
pub(crate) async fn run(shard: Rc<Shard>) {
    let end = &shard.end;
    while !end.is_past(shard.clock.now_us()) {
        shard.timer.sleep_until(end.at_us(), &end.sleep).await;
    }
    if shard.is_stopping() {
        return;
    }
    // Starts that were due before the end reach their users first: what drives
    // the users runs once more before the rest of this.
    shard.wake_workloads();
    tokio::task::yield_now().await;
    shard.stop(end.at_us(), shard.setup.stop_timeout_us);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_that_leaves_at_the_end_has_not_left_by_itself() {
        let end = LoadEnd::new(1_000);
        end.user_left(999);
        assert!(!end.was_reached());
        end.user_left(1_000);
        assert!(end.was_reached());
    }
}
