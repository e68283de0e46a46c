//! Standing still: while a run is paused, no user begins anything.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::engine::shard::user_handle::UserHandle;
use crate::engine::timer::Timer;

/// A shard's pause. Tasks that are under way go on; users, their connections
/// and their cookies stay.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    since_us: Cell<Option<u64>>,
    /// How long those took that have ended.
    ended_us: Cell<u64>,
    /// The users that would have begun something.
    held: RefCell<Vec<Rc<UserHandle>>>,
}

impl Pause {
    /// Whether it goes on. Cost: a comparison.
    pub(crate) fn is_on(&self) -> bool {
        self.since_us.get().is_some()
    }

    /// Since when it goes on, if it does.
    pub(crate) fn since_us(&self) -> Option<u64> {
        self.since_us.get()
    }

    /// How long it was paused in all, up to now.
    pub(crate) fn total_us(&self, now_us: u64) -> u64 {
        let since_us = self.since_us.get().unwrap_or(now_us);
        self.ended_us.get() + now_us.saturating_sub(since_us)
    }

    /// Begins, unless it goes on.
    pub(crate) fn begin(&self, now_us: u64) {
        self.since_us.set(self.since_us.get().or(Some(now_us)));
    }

    /// Lets everybody go on, if it goes on; how long it took.
    pub(crate) fn end(&self, now_us: u64, timer: &Timer) -> u64 {
        let before_us = self.ended_us.get();
        self.ended_us.set(self.total_us(now_us));
        self.since_us.set(None);
        let held = self.held.take();
        // One that was dismissed meanwhile may rest in its last words.
        let held = held.iter().filter(|handle| !handle.is_leaving());
        held.for_each(|handle| timer.wake(&handle.sleep));
        self.ended_us.get() - before_us
    }

    /// A user sleeps until it ends.
    pub(crate) fn hold(&self, handle: &Rc<UserHandle>) {
        let mut held = self.held.borrow_mut();
        // Those that came and went while it lasts are not kept.
        if held.len() == held.capacity() {
            held.retain(|handle| !handle.is_gone());
        }
        held.push(Rc::clone(handle));
    }
}
