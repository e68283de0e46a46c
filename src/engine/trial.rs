//! One user that does everything once, and what it saw.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use crate::engine::alone::alone;
use crate::engine::interpreter::{Performed, Start};
use crate::engine::swarm::SwarmSetup;
use crate::engine::user::User;
use crate::engine::witness::{Trace, Witness};
use crate::model::{ClassId, Failure, FoundValue, NameId, TaskId};
use crate::program::{Class, CodeAt};

/// A part of what a user does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What it does first.
    OnStart,
    /// One of its tasks.
    Task(TaskId),
    /// What it does last.
    OnStop,
}

/// A part that was tried.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Which.
    pub part: Part,
    /// When it began, on the process's clock.
    pub started_us: u64,
    /// Why it failed, if it did: the last failure in it, and the row of the
    /// statistics that it counts in.
    pub failure: Option<(NameId, Failure)>,
    /// What it found, where that is no request's.
    pub found: Option<FoundValue>,
    /// Its requests, in the order in which they ended.
    pub traces: Vec<Trace>,
}

/// How a trial ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialEnd {
    /// Tasks that were not tried: their `when` never held, or the user ended before.
    pub untried: Vec<TaskId>,
    /// Whether anything failed.
    pub has_failed: bool,
}

/// Lets one user of a class do its `on_start`, each of these tasks once, and
/// its `on_stop`, without waits between tasks. Tasks whose `when` does not hold
/// are tried again after the others. `tell` hears of each part when it has
/// ended. Blocks; needs a thread without a runtime.
///
/// # Errors
/// Out of descriptors for the runtime's poll or the timer.
pub fn try_once(
    setup: SwarmSetup,
    class: ClassId,
    tasks: &[TaskId],
    tell: &mut dyn FnMut(&Tried),
) -> io::Result<TrialEnd> {
    alone(setup, class, async |mut user| {
        user.session.record_hops();
        let shard = Rc::clone(&user.shard);
        let _ = shard.witness.set(RefCell::new(Witness::default()));
        let mut trial = Trial {
            user,
            tell,
            end: TrialEnd::default(),
        };
        let class = &shard.setup.program.classes[class.index()];
        trial.run(class, tasks).await;
        trial.end
    })
}

struct Trial<'t> {
    user: User,
    tell: &'t mut dyn FnMut(&Tried),
    end: TrialEnd,
}

impl Trial<'_> {
    async fn run(&mut self, class: &Class, tasks: &[TaskId]) {
        let mut left = tasks.to_vec();
        self.user.take_rows(&class.rows.user);
        self.user.take_rows(&class.rows.on_start);
        if let Some(entry) = class.on_start
            && !self.part(Part::OnStart, entry, Start::First).await
        {
            self.end.untried = left;
            return;
        }
        loop {
            let before = left.len();
            for task in std::mem::take(&mut left) {
                let of = &class.tasks[task.index()];
                let user = &mut self.user;
                let is_over = user.member.is_leaving();
                if is_over || !of.is_eligible(&user.variables, &mut user.rng) {
                    left.push(task);
                    continue;
                }
                user.take_rows(&of.rows);
                let start = Start::Task { due_us: None };
                self.part(Part::Task(task), of.entry, start).await;
                self.user.return_rows(&of.rows);
            }
            if left.is_empty() || left.len() == before {
                break;
            }
        }
        self.end.untried = left;
        if let Some(entry) = class.on_stop {
            self.user.take_rows(&class.rows.on_stop);
            self.part(Part::OnStop, entry, Start::Last).await;
        }
    }

    /// Does a part and tells of it; whether it went well.
    async fn part(&mut self, part: Part, entry: CodeAt, start: Start) -> bool {
        let user = &mut self.user;
        user.now_us = user.shard.clock.now_us();
        user.last_failure = None;
        let started_us = user.now_us;
        let performed = user.perform(entry, start).await;
        let has_failed = performed == Performed::Failed;
        let witness = user.shard.witness.get();
        let seen = witness.map(|witness| witness.borrow_mut().take());
        let (traces, found) = seen.unwrap_or_default();
        (self.tell)(&Tried {
            part,
            started_us,
            failure: user.last_failure.filter(|_| has_failed),
            found,
            traces,
        });
        self.end.has_failed |= has_failed;
        !has_failed
    }
}
