//! One simulated client, from `on_start` to `on_stop`.

use std::rc::Rc;

use crate::client::Session;
use crate::engine::interpreter::{Performed, Start};
use crate::engine::member::Member;
use crate::engine::rows::{HeldRows, Taken};
use crate::engine::shard::{ON_STOP_US, Shard};
use crate::model::{ClassId, Failure, NameId};
use crate::program::{Class, Scratch, Variables};
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
    pub(super) rng: fastrand::Rng,
    /// The latest clock reading; the end of one request is the start of the next.
    pub(super) now_us: u64,
    /// The unique rows it holds, which go back when it ends.
    pub(super) rows: HeldRows,
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
        let mut variables = Variables::new(slots);
        let name = &shard.setup.program.classes[class.index()].name;
        variables.begin(u64::from(number) + 1, name);
        Self {
            member,
            class,
            session,
            variables,
            scratch: Scratch::default(),
            rng,
            now_us: 0,
            rows: HeldRows::new(Rc::clone(&shard)),
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
        if self.take_rows(&class.rows.user) == Taken::EndUser {
            return;
        }
        if let Some(entry) = class.on_start {
            if self.take_rows(&class.rows.on_start) == Taken::EndUser {
                return;
            }
            let performed = self.perform(entry, Start::First).await;
            self.return_rows(&class.rows.on_start);
            match performed {
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
            // Where there is no row, what needs it says so.
            self.take_rows(&class.rows.on_stop);
            self.perform(entry, Start::Last).await;
        }
        self.session.close();
    }

    /// Loops over tasks until dismissed or cut off.
    async fn work(&mut self, class: &Class, due_us: u64) {
        let planned = class.wait.period_seconds().is_some();
        // The first task is due when on_start has ended: logging in is not its delay.
        let mut due_us = due_us.max(self.now_us);
        let mut iteration = 1;
        while !self.member.is_leaving() {
            self.variables.begin_task(iteration);
            let Some(task) = class.pick(&self.variables, &mut self.rng) else {
                due_us = self.now_us + IDLE_US;
                self.rest_until(due_us).await;
                continue;
            };
            let task = &class.tasks[task.index()];
            // A row may have come back since the user found none.
            if self.take_rows(&class.rows.user) == Taken::EndUser
                || self.take_rows(&task.rows) == Taken::EndUser
            {
                return;
            }
            iteration += 1;
            self.shard.task_started();
            let start = Start::Task {
                due_us: planned.then_some(due_us),
            };
            let began_us = self.now_us;
            let performed = self.perform(task.entry, start).await;
            self.return_rows(&task.rows);
            self.shard.task_ended();
            self.shard.count(|counts| match performed {
                Performed::Succeeded => counts.tasks_succeeded += 1,
                Performed::Failed => counts.tasks_failed += 1,
                Performed::CutOff => counts.tasks_cut_off += 1,
            });
            if performed == Performed::CutOff {
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

    async fn rest_until(&mut self, due_us: u64) {
        self.shard.timer.sleep_until(due_us, &self.member.nap).await;
        self.now_us = self.shard.clock.now_us();
        if let Some(late_us) = self.now_us.checked_sub(due_us) {
            self.shard.recorder.borrow_mut().record_lateness(late_us);
        }
    }
}
