//! The queue of an open load: task starts that are due meet users that are free.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::engine::shard::user_handle::UserHandle;
use crate::engine::timer::Timer;
use crate::model::{Arrivals, Slots};
use crate::schedule::Starts;

/// The task starts of an open load from a moment on, on the run's axis.
#[derive(Clone, Debug)]
pub(crate) struct ArrivalPlan {
    pub(crate) arrivals: Arrivals,
    /// When it begins.
    pub(crate) start_us: u64,
    /// From when on it holds.
    pub(crate) from_us: u64,
}

/// What becomes of a start that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// A free user has it.
    HandedOver,
    /// It waits, and one more user has to be started for it.
    WaitsForNewUser,
    /// It waits for a user to be free.
    Waits,
    /// The queue is full.
    Dropped,
}

/// One shard's queue. Starts keep their planned time, on the shard's clock,
/// however long they wait.
#[derive(Debug)]
pub(crate) struct ArrivalQueue {
    /// This shard's part of the starts; none if there are more shards than users.
    slots: Slots,
    /// A plan that is to be followed from now on.
    next: RefCell<Option<ArrivalPlan>>,
    max_users: usize,
    capacity: usize,
    waiting: RefCell<VecDeque<u64>>,
    idle: RefCell<Vec<Rc<UserHandle>>>,
    /// Starts whose user has been called and has not come yet.
    called: Cell<usize>,
    users: Cell<usize>,
    /// Positions that were ever filled, and those of them that are free again:
    /// numbers are used again, so that fixed counts and tables stay bounded.
    positions: Cell<usize>,
    free: RefCell<Vec<usize>>,
    /// Users that have not done with their `on_start`.
    starting: Cell<usize>,
    /// When its plan is over, on the run's axis; `u64::MAX` while more starts are due.
    over_from_us: Cell<u64>,
    /// What came of the latest user that was started.
    latest: Cell<Started>,
}

/// What came of a user that was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Started {
    /// It takes task starts.
    #[default]
    Ready,
    /// Its `on_start` failed.
    Failed,
    /// It found no row of data.
    NoRow,
}

impl ArrivalQueue {
    /// The queue of a shard that owns these slots, with its share of the users
    /// and of the places in the queue.
    pub(crate) fn new(slots: Slots, max_users: u32, queue: u32) -> Self {
        let share = |count: u32| {
            let share = slots.count_below(u64::from(count));
            usize::try_from(share).unwrap_or(usize::MAX)
        };
        Self {
            max_users: share(max_users),
            capacity: share(queue),
            slots,
            next: RefCell::default(),
            waiting: RefCell::default(),
            idle: RefCell::default(),
            called: Cell::new(0),
            users: Cell::new(0),
            positions: Cell::new(0),
            free: RefCell::default(),
            starting: Cell::new(0),
            over_from_us: Cell::new(u64::MAX),
            latest: Cell::default(),
        }
    }

    /// Gives it another plan of starts.
    pub(crate) fn follow(&self, plan: ArrivalPlan) {
        self.next.replace(Some(plan));
    }

    /// The plan that is to be followed from now on, once: from when on, and
    /// this shard's part of its starts, of which those before `done_us` are done.
    pub(super) fn take_plan(&self, done_us: u64) -> Option<(u64, Starts)> {
        let plan = self.next.take()?;
        let mut starts = Starts::new(&plan.arrivals, plan.start_us, self.slots.clone());
        starts.skip_to(plan.from_us.max(done_us));
        Some((plan.from_us, starts))
    }

    /// Its plan is over from then on, on the run's axis.
    pub(super) fn set_over_from(&self, at_us: u64) {
        self.over_from_us.set(at_us);
    }

    /// Whether its plan is over, and no start waits that a user could take.
    pub(crate) fn is_over(&self, now_us: u64) -> bool {
        let is_empty = self.waiting() == 0 || self.users.get() == 0;
        now_us >= self.over_from_us.get() && self.next.borrow().is_none() && is_empty
    }

    /// Users that wait for a start.
    pub(crate) fn idle(&self) -> usize {
        self.idle.borrow().len()
    }

    /// Which of the starts come to it.
    pub(crate) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Takes in a start that is due.
    pub(crate) fn admit(&self, due_us: u64, timer: &Timer) -> Admitted {
        while let Some(handle) = self.idle.borrow_mut().pop() {
            if !handle.is_leaving() {
                handle.call(due_us, timer);
                self.called.set(self.called.get() + 1);
                return Admitted::HandedOver;
            }
        }
        let mut waiting = self.waiting.borrow_mut();
        let grows = self.users.get() < self.max_users && self.starting.get() <= waiting.len();
        // Users that are on their way take a start each out of the queue.
        let room = self.capacity + self.starting.get() + usize::from(grows);
        if waiting.len() >= room {
            return Admitted::Dropped;
        }
        waiting.push_back(due_us);
        if grows {
            Admitted::WaitsForNewUser
        } else {
            Admitted::Waits
        }
    }

    /// Whether more starts wait than users are on their way, and there may be
    /// one more.
    pub(super) fn wants_user(&self) -> bool {
        self.users.get() < self.max_users && self.starting.get() < self.waiting.borrow().len()
    }

    /// The position of one more user: that of one that is gone, or a new one.
    pub(crate) fn take_position(&self) -> usize {
        self.free.borrow_mut().pop().unwrap_or_else(|| {
            let next = self.positions.get();
            self.positions.set(next + 1);
            next
        })
    }

    /// A user has been started.
    pub(crate) fn user_joins(&self) {
        self.users.set(self.users.get() + 1);
        self.starting.set(self.starting.get() + 1);
    }

    /// A user's `on_start` is over, whatever came of it.
    pub(crate) fn user_stands_by(&self, started: Started) {
        self.starting.set(self.starting.get().saturating_sub(1));
        self.latest.set(started);
    }

    /// Whether no user is there to take a start because `on_start` fails.
    pub(super) fn cannot_start(&self) -> bool {
        self.latest.get() == Started::Failed && self.users.get() <= self.starting.get()
    }

    /// Whether no user is there to take a start for want of rows.
    pub(super) fn finds_no_row(&self) -> bool {
        self.latest.get() == Started::NoRow && self.users.get() <= self.starting.get()
    }

    /// The user at this position is gone.
    pub(crate) fn user_leaves(&self, position: usize) {
        self.users.set(self.users.get().saturating_sub(1));
        self.free.borrow_mut().push(position);
    }

    /// The start that has waited longest, or else a place among the idle.
    pub(crate) fn next_or_idle(&self, handle: &Rc<UserHandle>) -> Option<u64> {
        let next = self.waiting.borrow_mut().pop_front();
        if next.is_none() {
            self.idle.borrow_mut().push(Rc::clone(handle));
        }
        next
    }

    /// A user has come that was called.
    pub(crate) fn user_comes(&self) {
        self.called.set(self.called.get().saturating_sub(1));
    }

    /// How many starts no user has begun yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.borrow().len() + self.called.get()
    }

    /// Everything that waits was due as much later.
    pub(crate) fn put_off(&self, by_us: u64) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.iter_mut().for_each(|due_us| *due_us += by_us);
    }

    /// Drops what waits: the planned moments of it.
    pub(crate) fn give_up(&self) -> VecDeque<u64> {
        self.idle.borrow_mut().clear();
        self.waiting.take()
    }
}
