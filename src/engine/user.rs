//! One simulated client, from `on_start` to `on_stop`.

pub(crate) mod interpreter;
pub(crate) mod overrides;
pub(crate) mod parallel;
pub(crate) mod rows;
pub(crate) mod send;
use std::rc::Rc;

use crate::client::Session;
use crate::engine::open_load::arrival_queue::{ArrivalQueue, Started};
use crate::engine::shard::thread::{ON_STOP_US, Shard};
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::user::interpreter::{Performed, Start};
use crate::engine::user::parallel::ExtraConnection;
use crate::engine::user::rows::HeldRows;
use crate::model::{ClassId, Failure, NameId, TaskId, Wait};
use crate::program::{Choice, Class, Cursor, Scratch, TaskPicker, Variables};
use crate::schedule::think_until_us;

/// How long a user rests when it has nothing to do: no task is eligible, or
/// its task sent nothing. Without a rest it would spin.
const IDLE_US: u64 = 10_000;

/// A user's own state; nothing of it is shared with other users.
#[derive(Debug)]
pub(super) struct User {
    pub(super) shard: Rc<Shard>,
    pub(super) handle: Rc<UserHandle>,
    pub(super) slot: UserSlot,
    pub(super) session: Session,
    pub(super) variables: Variables,
    pub(super) scratch: Scratch,
    pub(super) cursor: Cursor,
    task_picker: TaskPicker,
    /// Further connections, for requests at the same time.
    pub(super) extras: Vec<ExtraConnection>,
    pub(super) rng: fastrand::Rng,
    /// The latest clock reading; the end of one request is the start of the next.
    pub(super) now_us: u64,
    /// The unique rows it holds, which go back when it ends.
    pub(super) rows: HeldRows,
    /// Why its latest failed request failed.
    pub(super) last_failure: Option<(NameId, Failure)>,
}

/// What a user got of what a task needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reserved {
    /// Everything.
    All,
    /// No row of data: the user ends.
    NoRow,
    /// No iteration, or no task.
    NoIteration,
}

/// A user's place in the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct UserSlot {
    /// The index of its workload.
    pub(super) workload: usize,
    /// Its position in the workload.
    pub(super) position: usize,
    pub(super) class: ClassId,
    /// Its number in the workload, from 0.
    pub(super) number: u32,
    /// How many users had its number before.
    pub(super) life: u32,
}

/// Counts a user as running for as long as it exists, even if its task panics.
struct ActiveGuard {
    shard: Rc<Shard>,
    handle: Rc<UserHandle>,
    slot: UserSlot,
}

impl ActiveGuard {
    fn begin(user: &User) -> Self {
        user.shard.user_started();
        Self {
            shard: Rc::clone(&user.shard),
            handle: Rc::clone(&user.handle),
            slot: user.slot,
        }
    }
}

impl Drop for ActiveGuard {
    fn drop(&mut self) {
        let workload = &self.shard.workloads[self.slot.workload];
        // It is free, unless a panic is what ends the run.
        if let Ok(mut users) = workload.users.try_borrow_mut() {
            users.see_end(&self.handle);
        }
        self.shard.end_pace(&self.handle);
        self.handle.mark_gone();
        if let Some(queue) = workload.arrival_queue() {
            queue.user_leaves(self.slot.position);
        }
        self.shard.user_ended();
    }
}

impl User {
    pub(super) fn new(shard: Rc<Shard>, handle: Rc<UserHandle>, slot: UserSlot) -> Self {
        let session = Session::new(Rc::clone(&shard.client), Rc::clone(&handle.deadline));
        let seed = &shard.setup.seed;
        let seed = seed.of_user(slot.workload, slot.number, slot.life);
        let mut variables = Variables::clone(&shard.setup.initial);
        if let Some(class) = shard.setup.program.classes.get(slot.class.index()) {
            variables.begin(u64::from(slot.number) + 1, &class.name);
        }
        Self {
            handle,
            slot,
            session,
            variables,
            scratch: Scratch::default(),
            cursor: Cursor::default(),
            task_picker: TaskPicker::default(),
            extras: Vec::new(),
            rng: fastrand::Rng::with_seed(seed),
            now_us: 0,
            rows: HeldRows::new(Rc::clone(&shard)),
            last_failure: None,
            shard,
        }
    }

    /// Lives until dismissed.
    pub(super) async fn live(mut self) {
        let _presence = ActiveGuard::begin(&self);
        self.now_us = self.shard.clock.now_us();
        let shard = Rc::clone(&self.shard);
        self.hold().await;
        if self.handle.is_leaving() {
            return;
        }
        let class = &shard.setup.program.classes[self.slot.class.index()];
        // Taken before the queue counts on the user: without a row it is of no use.
        let started = self.start(class).await;
        let queue = shard.workloads[self.slot.workload].arrival_queue();
        queue.inspect(|queue| queue.user_stands_by(started));
        if started != Started::Ready {
            return;
        }
        match queue {
            Some(queue) => {
                self.serve(class, queue).await;
                shard.timer.wake(&shard.workloads[self.slot.workload].sleep);
            }
            None => {
                self.work(class).await;
                shard.end_pace(&self.handle);
            }
        }
        let on_stop = class.on_stop.filter(|_| !shard.is_halted());
        if let Some(entry) = on_stop {
            self.now_us = self.shard.clock.now_us();
            self.handle.grant(self.now_us + ON_STOP_US);
            // Where there is no row, what needs it says so.
            self.take_rows(&class.rows.on_stop);
            self.perform(entry, Start::Last).await;
        }
        self.session.close();
        self.extras.iter_mut().for_each(ExtraConnection::close);
    }

    /// Takes the user's rows and does `on_start`.
    async fn start(&mut self, class: &Class) -> Started {
        if !self.find_rows(&class.rows.user) {
            return Started::NoRow;
        }
        let Some(entry) = class.on_start else {
            return Started::Ready;
        };
        if !self.find_rows(&class.rows.on_start) {
            return Started::NoRow;
        }
        let performed = self.perform(entry, Start::First).await;
        self.return_rows(&class.rows.on_start);
        if performed == Performed::Failed {
            self.shard.user_failed(self.last_failure);
        }
        match performed {
            Performed::Succeeded => Started::Ready,
            Performed::Failed | Performed::CutOff => Started::Failed,
        }
    }

    /// Loops over tasks as its wait says, until dismissed or cut off.
    async fn work(&mut self, class: &Class) {
        // The first task is due when on_start has ended: logging in is not its delay.
        let mut due_us = self.now_us;
        let shard = Rc::clone(&self.shard);
        shard.begin_pace(&self.handle, self.wait(class), due_us);
        while !self.handle.is_leaving() {
            if self.shard.pause.is_on() {
                due_us = self.rest_until_due(due_us).await;
                continue;
            }
            if self.shard.end.is_past(self.now_us) {
                return;
            }
            let task = match self.choose(class) {
                Choice::Task(task) => task,
                Choice::Nothing => {
                    let idle_us = self.now_us + IDLE_US;
                    let planned_us = shard.skip_paced(&self.handle, idle_us);
                    due_us = self.rest_until_due(planned_us.unwrap_or(idle_us)).await;
                    continue;
                }
                Choice::Over => return,
            };
            match self.reserve(class, task) {
                Reserved::All => {}
                Reserved::NoRow => {
                    shard.skip_paced(&self.handle, self.now_us);
                    return;
                }
                Reserved::NoIteration => return,
            }
            let began_us = self.now_us;
            let due = self.handle.pace.get().map(|_| due_us);
            shard.begin_paced(&self.handle, self.task_picker.is_over(class));
            if self.task(class, task, due).await == Performed::CutOff {
                return;
            }
            if self.task_picker.is_over(class) {
                return;
            }
            due_us = self.next_due(class, due_us);
            if self.now_us == began_us && due_us <= self.now_us {
                due_us = self.now_us + IDLE_US;
            }
            // One that was dismissed while it was busy must not rest first.
            if due_us > self.now_us && !self.handle.is_leaving() {
                due_us = self.rest_until_due(due_us).await;
            }
        }
    }

    /// When the next task is due, after one that was due at `due_us`.
    fn next_due(&mut self, class: &Class, due_us: u64) -> u64 {
        let wait = self.wait(class);
        let planned_us = self.shard.pace_on(&self.handle, wait, due_us, self.now_us);
        planned_us.unwrap_or_else(|| think_until_us(wait, self.now_us, self.rng.f64()))
    }

    /// Does the tasks that it is called to, until dismissed or cut off.
    async fn serve(&mut self, class: &Class, queue: &ArrivalQueue) {
        while let Some(due_us) = self.next_call(queue).await {
            let choice = self.choose(class);
            let reserved = match choice {
                Choice::Task(task) => self.reserve(class, task),
                Choice::Nothing | Choice::Over => Reserved::NoIteration,
            };
            let task = match (choice, reserved) {
                (Choice::Task(task), Reserved::All) => task,
                (_, reserved) => {
                    self.shard.start_unused(self.slot.workload, due_us);
                    if reserved == Reserved::NoRow {
                        return;
                    }
                    continue;
                }
            };
            self.shard.start_begun(self.slot.workload, due_us);
            let performed = self.task(class, task, Some(due_us)).await;
            if performed == Performed::CutOff || self.task_picker.is_over(class) {
                return;
            }
        }
    }

    /// The planned moment of the next task it is called to; `None` when it is
    /// to leave.
    async fn next_call(&mut self, queue: &ArrivalQueue) -> Option<u64> {
        self.hold().await;
        if self.handle.is_leaving() {
            return None;
        }
        if let Some(due_us) = queue.next_or_idle(&self.handle) {
            return Some(due_us);
        }
        let sleep = &self.handle.sleep;
        self.shard.timer.sleep_until(u64::MAX, sleep).await;
        self.now_us = self.shard.clock.now_us();
        let due_us = self.handle.answer_call()?;
        queue.user_comes();
        // It was handed over before the user was dismissed, if it was.
        if self.shard.is_halted() {
            self.shard.start_left(self.slot.workload, due_us);
            return None;
        }
        Some(due_us)
    }

    /// The next task.
    fn choose(&mut self, class: &Class) -> Choice {
        self.variables
            .begin_task(u64::from(self.task_picker.begun()) + 1);
        let (task_picker, variables, rng) = (&mut self.task_picker, &self.variables, &mut self.rng);
        let next = |class: &Class| task_picker.next(class, variables, rng);
        self.shard.overrides.of(self.slot.class, class, next)
    }

    fn wait(&self, class: &Class) -> Wait {
        let overrides = &self.shard.overrides;
        overrides.of(self.slot.class, class, |class| class.wait)
    }

    /// Takes what a task needs of what all users share. The iteration comes first,
    /// so that no row is taken for a task that is never done.
    fn reserve(&mut self, class: &Class, task: TaskId) -> Reserved {
        let shard = Rc::clone(&self.shard);
        if !shard.setup.limits.take_iteration() {
            Reserved::NoIteration
        } else if self.has_rows(class, task) {
            Reserved::All
        } else {
            shard.setup.limits.give_back_iteration();
            Reserved::NoRow
        }
    }

    /// Takes the rows that a task needs; `false` if the user ends for want of one.
    fn has_rows(&mut self, class: &Class, task: TaskId) -> bool {
        // A row may have come back since the user found none.
        self.find_rows(&class.rows.user) && self.find_rows(&class.tasks[task.index()].rows)
    }

    /// Does a task; `due_us` is when it was planned to start, if it was.
    async fn task(&mut self, class: &Class, task: TaskId, due_us: Option<u64>) -> Performed {
        self.shard.task_started();
        let task = &class.tasks[task.index()];
        let performed = self.perform(task.entry, Start::Task { due_us }).await;
        self.return_rows(&task.rows);
        self.shard.task_ended();
        self.shard.count(|counts| match performed {
            Performed::Succeeded => counts.tasks_succeeded += 1,
            Performed::Failed => counts.tasks_failed += 1,
            Performed::CutOff => counts.tasks_cut_off += 1,
        });
        performed
    }

    /// Stands still while the run is paused, unless the user is to leave.
    async fn hold(&mut self) {
        while self.shard.pause.is_on() && !self.handle.is_leaving() {
            self.shard.pause.hold(&self.handle);
            self.sleep_until(u64::MAX).await;
        }
    }

    /// Rests until a planned moment, which a pause puts off by as long as it
    /// takes; when that is then.
    async fn rest_until_due(&mut self, mut due_us: u64) -> u64 {
        let shard = Rc::clone(&self.shard);
        // One that is late already is so because of its task.
        let is_early = due_us > self.now_us;
        let mut paused_us = shard.pause.total_us(self.now_us);
        loop {
            if due_us > self.now_us {
                self.sleep_until(due_us).await;
            }
            self.hold().await;
            let now_paused_us = shard.pause.total_us(self.now_us);
            if now_paused_us == paused_us || self.handle.is_leaving() {
                break;
            }
            let put_off_us = due_us + (now_paused_us - paused_us);
            due_us = self
                .handle
                .pace
                .get()
                .map_or(put_off_us, |pace| pace.due_us());
            paused_us = now_paused_us;
        }
        if is_early {
            self.record_lateness(due_us);
        }
        due_us
    }

    pub(super) async fn rest_until(&mut self, due_us: u64) {
        self.sleep_until(due_us).await;
        self.record_lateness(due_us);
    }

    async fn sleep_until(&mut self, due_us: u64) {
        self.shard.timer.keep_up(self.now_us);
        self.shard
            .timer
            .sleep_until(due_us, &self.handle.sleep)
            .await;
        self.now_us = self.shard.clock.now_us();
    }

    /// One that was woken early is not late.
    fn record_lateness(&self, due_us: u64) {
        if let Some(late_us) = self.now_us.checked_sub(due_us) {
            self.shard.recorder.borrow_mut().record_lateness(late_us);
        }
    }
}
