//! A user as its shard sees it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::client::Deadline;
use crate::engine::timer::{SleepHandle, Timer};
use crate::model::ClassId;
use crate::schedule::Pace;

/// The handle that a shard keeps of a user.
#[derive(Debug)]
pub(crate) struct UserHandle {
    /// Its class.
    pub(crate) class: ClassId,
    /// Ends its waits on the network.
    pub(crate) deadline: Rc<Deadline>,
    /// Those of further connections, which end with it.
    more_deadlines: RefCell<Vec<Rc<Deadline>>>,
    /// Its sleep between tasks.
    pub(crate) sleep: SleepHandle,
    leaving: Cell<bool>,
    /// When its task is cut off; `u64::MAX` while it is not leaving.
    cut_at_us: Cell<u64>,
    gone: Cell<bool>,
    /// Whether it has begun to do anything.
    has_acted: Cell<bool>,
    /// The planned start of the task it is called to, on the shard's clock.
    called: Cell<Option<u64>>,
    /// Its planned starts, if its wait plans any; on the shard's clock.
    pub(crate) pace: Cell<Option<Pace>>,
    /// How many of its connections wait for their turn to send.
    pub(crate) held_back: Cell<u32>,
}

impl UserHandle {
    pub(crate) fn new(class: ClassId) -> Rc<Self> {
        Rc::new(Self {
            class,
            deadline: Rc::new(Deadline::new()),
            more_deadlines: RefCell::default(),
            sleep: SleepHandle::default(),
            leaving: Cell::new(false),
            cut_at_us: Cell::new(u64::MAX),
            gone: Cell::new(false),
            has_acted: Cell::new(false),
            called: Cell::new(None),
            pace: Cell::new(None),
            held_back: Cell::new(0),
        })
    }

    /// Lets the user finish its task, until `cut_at_us`; one that waits goes at once.
    pub(super) fn dismiss(&self, cut_at_us: u64, timer: &Timer) {
        self.leaving.set(true);
        self.cut_at_us.set(cut_at_us.min(self.cut_at_us.get()));
        timer.wake(&self.sleep);
    }

    /// Calls an idle user to a task start.
    pub(crate) fn call(&self, due_us: u64, timer: &Timer) {
        self.called.set(Some(due_us));
        timer.wake(&self.sleep);
    }

    /// The task start it was called to, once.
    pub(crate) fn answer_call(&self) -> Option<u64> {
        self.called.take()
    }

    /// The user ends after its task because it wants to.
    pub(crate) fn leave(&self) {
        self.leaving.set(true);
    }

    /// The user does not end, though it wanted to.
    pub(crate) fn stay(&self) {
        self.leaving.set(false);
    }

    /// When what the user does is cut off, `u64::MAX` while it is not leaving.
    pub(crate) fn cut_at_us(&self) -> u64 {
        self.cut_at_us.get()
    }

    /// Whether the user is to end after its task.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.get()
    }

    /// Whether it was told to leave, and does not leave by itself.
    pub(crate) fn is_dismissed(&self) -> bool {
        self.cut_at_us.get() != u64::MAX
    }

    /// Gives a leaving user this long for its `on_stop`.
    pub(crate) fn grant(&self, cut_at_us: u64) {
        self.each_deadline(Deadline::reset);
        self.cut_at_us.set(cut_at_us);
    }

    /// Lets it go on no longer than this; what was granted before may be less.
    pub(crate) fn cut_by(&self, at_us: u64) {
        self.cut_at_us.set(self.cut_at_us.get().min(at_us));
    }

    /// Ends what has taken too long.
    pub(crate) fn sweep(&self, now_us: u64) {
        self.each_deadline(|deadline| deadline.sweep(now_us));
        if now_us >= self.cut_at_us.get() {
            self.each_deadline(Deadline::cut_off);
        }
    }

    /// Sweeps and cuts off another watch of the user from now on.
    pub(crate) fn add_deadline(&self, deadline: Rc<Deadline>) {
        if self.deadline.is_cut_off() {
            deadline.cut_off();
        }
        self.more_deadlines.borrow_mut().push(deadline);
    }

    fn each_deadline(&self, act: impl Fn(&Deadline)) {
        act(&self.deadline);
        self.more_deadlines
            .borrow()
            .iter()
            .for_each(|deadline| act(deadline));
    }

    /// The user begins to do something.
    pub(crate) fn act(&self) {
        self.has_acted.set(true);
    }

    /// Whether the user has begun to do anything.
    pub(crate) fn has_acted(&self) -> bool {
        self.has_acted.get()
    }

    /// Whether the user ended before it did anything.
    pub(super) fn never_ran(&self) -> bool {
        self.gone.get() && !self.has_acted.get()
    }

    /// Whether it waits for its turn to send.
    pub(crate) fn is_held_back(&self) -> bool {
        self.held_back.get() > 0
    }

    /// Marks the user as ended.
    pub(crate) fn mark_gone(&self) {
        self.gone.set(true);
    }

    /// Whether the user has ended.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.get()
    }
}
