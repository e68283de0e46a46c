//! One simulated client, from `on_start` to `on_stop`.

use std::rc::Rc;

use crate::client::Session;
use crate::engine::interpreter::{Performed, Start};
use crate::engine::member::Member;
use crate::engine::parallel::Lane;
use crate::engine::shard::{ON_STOP_US, Shard};
use crate::model::{ClassId, Failure, NameId};
use crate::program::{Choice, Class, Course, Cursor, Scratch, Variables};
use crate::schedule::next_start;

/// How long a user rests when it has nothing to do: no task is eligible, or
/// its task sent nothing. Without a rest it would spin.
const IDLE_US: u64 = 10_000;

/// A user's own state; nothing of it is shared with other users.
#[derive(Debug)]
pub(super) struct User {
    pub(super) shard: Rc<Shard>,
    pub(super) member: Rc<Member>,
    pub(super) class: ClassId,
    pub(super) session: Session,
    pub(super) variables: Variables,
    pub(super) scratch: Scratch,
    pub(super) cursor: Cursor,
    course: Course,
    /// Further connections, for requests at the same time.
    pub(super) lanes: Vec<Lane>,
    pub(super) rng: fastrand::Rng,
    /// The latest clock reading; the end of one request is the start of the next.
    pub(super) now_us: u64,
    /// Why its latest failed request failed.
    pub(super) last_failure: Option<(NameId, Failure)>,
}

/// Counts a user as running for as long as it exists, even if its task panics.
struct Presence(Rc<Shard>, Rc<Member>);

impl Presence {
    fn begin(user: &User) -> Self {
        user.shard.user_started();
        Self(Rc::clone(&user.shard), Rc::clone(&user.member))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.1.bury();
        self.0.user_ended();
    }
}

impl User {
    pub(super) fn new(shard: Rc<Shard>, member: Rc<Member>, class: ClassId, number: u32) -> Self {
        let session = Session::new(Rc::clone(&shard.client), Rc::clone(&member.watch));
        let slots = shard.setup.program.slot_count();
        let rng = fastrand::Rng::with_seed(
            shard.setup.seed ^ u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15),
        );
        Self {
            member,
            class,
            session,
            variables: Variables::new(slots),
            scratch: Scratch::default(),
            cursor: Cursor::default(),
            course: Course::default(),
            lanes: Vec::new(),
            rng,
            now_us: 0,
            last_failure: None,
            shard,
        }
    }

    /// Lives until dismissed; `due_us` is when it was meant to start.
    pub(super) async fn live(mut self, due_us: u64) {
        let _presence = Presence::begin(&self);
        self.now_us = self.shard.clock.now_us();
        if self.member.is_leaving() {
            return;
        }
        let shard = Rc::clone(&self.shard);
        let class = &shard.setup.program.classes[self.class.index()];
        if let Some(entry) = class.on_start {
            match self.perform(entry, Start::First).await {
                Performed::Succeeded => {}
                Performed::Failed => {
                    shard.user_failed(self.last_failure);
                    return;
                }
                Performed::CutOff => return,
            }
        }
        self.work(class, due_us).await;
        if let Some(entry) = class.on_stop {
            self.now_us = self.shard.clock.now_us();
            self.member.grant(self.now_us + ON_STOP_US);
            self.perform(entry, Start::Last).await;
        }
        self.session.close();
        self.lanes.iter_mut().for_each(Lane::close);
    }

    /// Loops over tasks until dismissed or cut off.
    async fn work(&mut self, class: &Class, due_us: u64) {
        let planned = class.wait.period_seconds().is_some();
        // The first task is due when on_start has ended: logging in is not its delay.
        let mut due_us = due_us.max(self.now_us);
        while !self.member.is_leaving() {
            let task = match self.course.next(class, &self.variables, &mut self.rng) {
                Choice::Task(task) => task,
                Choice::Nothing => {
                    due_us = self.now_us + IDLE_US;
                    self.rest_until(due_us).await;
                    continue;
                }
                Choice::Over => return,
            };
            self.shard.task_started();
            let start = Start::Task {
                due_us: planned.then_some(due_us),
            };
            let began_us = self.now_us;
            let performed = self.perform(class.tasks[task.index()].entry, start).await;
            self.shard.task_ended();
            self.shard.count(|counts| match performed {
                Performed::Succeeded => counts.tasks_succeeded += 1,
                Performed::Failed => counts.tasks_failed += 1,
                Performed::CutOff => counts.tasks_cut_off += 1,
            });
            if performed == Performed::CutOff {
                return;
            }
            if self.course.is_over(class) {
                return;
            }
            let next = next_start(class.wait, due_us, self.now_us, self.rng.f64());
            if next.missed > 0 {
                self.shard
                    .count(|counts| counts.tasks_missed += next.missed);
            }
            due_us = next.due_us;
            if self.now_us == began_us && due_us <= self.now_us {
                due_us = self.now_us + IDLE_US;
            }
            // One that was dismissed while it was busy must not rest first.
            if due_us > self.now_us && !self.member.is_leaving() {
                self.rest_until(due_us).await;
            }
        }
    }

    pub(super) async fn rest_until(&mut self, due_us: u64) {
        self.shard.timer.sleep_until(due_us, &self.member.nap).await;
        self.now_us = self.shard.clock.now_us();
        if let Some(late_us) = self.now_us.checked_sub(due_us) {
            self.shard.recorder.borrow_mut().record_lateness(late_us);
        }
    }
}
