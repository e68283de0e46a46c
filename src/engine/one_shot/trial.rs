//! One user that does everything once, and what it saw.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use crate::engine::one_shot::isolated::run_isolated;
use crate::engine::one_shot::one_off::OneOffEnd;
use crate::engine::one_shot::trace::{Trace, TraceRecorder};
use crate::engine::shard::swarm::SwarmSetup;
use crate::engine::user::User;
use crate::engine::user::interpreter::{Performed, Start};
use crate::model::{ActualValue, ClassId, Failure, NameId, RequestId, TaskId};
use crate::program::{Class, CodeAt};

/// A part of what a user does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialPart {
    /// What is done before all users.
    Setup,
    /// What it does first.
    OnStart,
    /// One of its tasks.
    Task(TaskId),
    /// What it does last.
    OnStop,
    /// What is done after all users.
    Teardown,
}

/// A part that was tried.
#[derive(Clone, Debug)]
pub struct TriedPart {
    pub(crate) part: TrialPart,
    /// Whether it was tried before, and now went another way of a choice.
    pub(crate) is_repeat: bool,
    /// When it began, on the process's clock.
    pub(crate) started_us: u64,
    /// Why it failed, if it did: the last failure in it, and the row of the
    /// statistics that it counts in.
    pub(crate) failure: Option<(NameId, Failure)>,
    /// What it found, where that is no request's.
    pub(crate) found: Option<ActualValue>,
    /// Its requests, in the order in which they ended.
    pub(crate) traces: Vec<Trace>,
    /// Credentials that the user has held, which are not to be shown.
    pub(crate) hidden: Vec<String>,
}

impl TriedPart {
    /// The trial of a hook that ran as a one-off.
    pub(crate) fn hook(part: TrialPart, done: OneOffEnd) -> Self {
        Self {
            part,
            is_repeat: false,
            started_us: done.started_us,
            failure: done.failure,
            found: done.found,
            traces: done.traces,
            hidden: done.hidden,
        }
    }
}

/// How a trial ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialEnd {
    /// Tasks that were not tried: their `when` never held, or the user ended before.
    pub(crate) untried: Vec<TaskId>,
    /// Requests of what was tried that never came up: a condition did not hold,
    /// or it ended before.
    pub(crate) unsent: Vec<RequestId>,
    /// How many requests what was tried has, these included.
    pub(crate) requests: usize,
    /// Whether anything failed.
    pub(crate) has_failed: bool,
}

/// How often a task is tried for the sake of its choices.
const ROUNDS: usize = 8;

/// Lets one user of a class do its `on_start`, each of these tasks once, and
/// its `on_stop`, without waits between tasks. Tasks whose `when` does not hold
/// are tried again after the others, and those that have choices until every
/// branch was taken, `ROUNDS` times at most. `report` hears of each part when it has
/// ended. Blocks; needs a thread without a runtime.
///
/// # Errors
/// Out of descriptors for the runtime's poll or the timer.
pub fn try_once(
    setup: SwarmSetup,
    class: ClassId,
    tasks: &[TaskId],
    report: &mut dyn FnMut(&TriedPart),
) -> io::Result<TrialEnd> {
    run_isolated(setup, class, async |mut user| {
        user.session.record_hops();
        user.cursor.take_turns();
        let shard = Rc::clone(&user.shard);
        let _ = shard.trace.set(RefCell::new(TraceRecorder::default()));
        let mut trial = Trial {
            user,
            report,
            begun: Vec::new(),
            end: TrialEnd::default(),
        };
        let class = &shard.setup.program.classes[class.index()];
        trial.run(class, tasks).await;
        trial.note_unsent();
        trial.end
    })
}

struct Trial<'t> {
    user: User,
    report: &'t mut dyn FnMut(&TriedPart),
    /// The parts that were tried.
    begun: Vec<CodeAt>,
    end: TrialEnd,
}

impl Trial<'_> {
    async fn run(&mut self, class: &Class, tasks: &[TaskId]) {
        let mut left = tasks.to_vec();
        self.user.take_rows(&class.rows.user);
        self.user.take_rows(&class.rows.on_start);
        if let Some(entry) = class.on_start
            && !self.part(TrialPart::OnStart, entry, Start::First).await
        {
            self.end.untried = left;
            return;
        }
        loop {
            let before = left.len();
            for task in std::mem::take(&mut left) {
                if !self.task(class, task).await {
                    left.push(task);
                }
            }
            if left.is_empty() || left.len() == before {
                break;
            }
        }
        // Only now, and with a user that stays: a rare branch may end it.
        for task in tasks.iter().filter(|task| !left.contains(task)) {
            let entry = class.tasks[task.index()].entry;
            for _ in 1..ROUNDS {
                let user = &self.user;
                user.handle.stay();
                let program = &user.shard.setup.program;
                if !user.cursor.has_untaken(program, entry) || !self.task(class, *task).await {
                    break;
                }
            }
        }
        self.end.untried = left;
        if let Some(entry) = class.on_stop {
            self.user.take_rows(&class.rows.on_stop);
            self.part(TrialPart::OnStop, entry, Start::Last).await;
        }
    }

    /// Does a task, if it may be done now; whether it was.
    async fn task(&mut self, class: &Class, task: TaskId) -> bool {
        let of = &class.tasks[task.index()];
        let user = &mut self.user;
        if user.handle.is_leaving() || !of.is_eligible(&user.variables, &mut user.rng) {
            return false;
        }
        user.take_rows(&of.rows);
        let start = Start::Task { due_us: None };
        self.part(TrialPart::Task(task), of.entry, start).await;
        self.user.return_rows(&of.rows);
        true
    }

    /// Notes which requests of what was tried never came up.
    fn note_unsent(&mut self) {
        let shard = &self.user.shard;
        let program = &shard.setup.program;
        let all = self.begun.iter();
        let all: Vec<_> = all
            .flat_map(|entry| program.requests_from(*entry))
            .collect();
        self.end.requests = all.len();
        if let Some(trace) = shard.trace.get() {
            let trace = trace.borrow();
            let is_unsent = |id: &RequestId| !trace.has_seen(&program.requests[id.index()]);
            self.end.unsent = all.into_iter().filter(is_unsent).collect();
        }
    }

    /// Does a part and tells of it; whether it went well.
    async fn part(&mut self, part: TrialPart, entry: CodeAt, start: Start) -> bool {
        let is_repeat = self.begun.contains(&entry);
        if !is_repeat {
            self.begun.push(entry);
        }
        let user = &mut self.user;
        user.now_us = user.shard.clock.now_us();
        user.last_failure = None;
        let started_us = user.now_us;
        let performed = user.perform(entry, start).await;
        let has_failed = performed == Performed::Failed;
        let trace = user.shard.trace.get();
        let (seen, hidden) = trace.map_or_else(Default::default, |trace| {
            let mut trace = trace.borrow_mut();
            (trace.take(), trace.hidden())
        });
        let (traces, found) = seen;
        (self.report)(&TriedPart {
            part,
            is_repeat,
            started_us,
            failure: user.last_failure.filter(|_| has_failed),
            found,
            traces,
            hidden,
        });
        self.end.has_failed |= has_failed;
        !has_failed
    }
}
