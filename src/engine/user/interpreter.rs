//! Runs a stretch of the program for one user.

use std::rc::Rc;

use crate::engine::user::User;
use crate::model::{CopiedAnswer, Failure, NameId, Phases};
use crate::program::{
    Action, CodeAt, Ending, EvalContext, Expression, OnFailure, Program, Setting, Template,
};
use crate::stats::{GroupSample, Sample};

/// How a stretch of the program went, or a step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Performed {
    /// Nothing failed.
    Succeeded,
    /// Something failed.
    Failed,
    /// The user was cut off, or left while it was resting.
    CutOff,
}

/// What a stretch of the program is to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// `on_start`: the first failure ends it.
    First,
    /// A task: goes on after a failure, as Locust's do.
    Task {
        /// When it was planned to start, if there is a plan.
        due_us: Option<u64>,
    },
    /// `on_stop`: goes on after a failure.
    Last,
}

impl User {
    /// Runs from `entry` to the end of its stretch, beginning at `self.now_us`.
    pub(crate) async fn perform(&mut self, entry: CodeAt, start: Start) -> Performed {
        self.handle.act();
        let shard = Rc::clone(&self.shard);
        let program = &shard.setup.program;
        let (on_failure, mut planned_us) = match start {
            Start::First => (OnFailure::End, None),
            Start::Task { due_us } => (OnFailure::GoOn, due_us),
            Start::Last => (OnFailure::GoOn, None),
        };
        self.cursor.start(entry, on_failure);
        loop {
            let performed = match self.next_action(program) {
                Action::Request(id) => {
                    let request = &program.requests[id.index()];
                    if shard.overrides.passes_over(request.name) {
                        continue;
                    }
                    self.request(request, planned_us.take()).await
                }
                Action::Parallel { first, count } => {
                    let end = first.index() + usize::from(count);
                    let requests = &program.requests[first.index()..end];
                    // Boxed: most users never need the room.
                    Box::pin(self.parallel(requests, planned_us.take())).await
                }
                Action::Rest { due_us } => {
                    // Thinking before the first request is part of the plan.
                    let rest_us = due_us.saturating_sub(self.now_us);
                    planned_us = planned_us.map(|planned_us| planned_us.saturating_add(rest_us));
                    self.think(due_us, start).await
                }
                Action::Yield => self.yield_now().await,
                Action::Group {
                    name,
                    began_us,
                    has_failed,
                } => self.record_group(name, began_us, has_failed),
                Action::Failed {
                    task,
                    failure,
                    undecided,
                } => self.record_failure(task, failure, undecided),
                Action::Log(line) => self.write_log(line),
                Action::End(ending) => return self.end_stretch(ending),
            };
            match performed {
                Performed::Succeeded => {}
                Performed::Failed => self.cursor.fail(),
                Performed::CutOff => return Performed::CutOff,
            }
        }
    }

    fn next_action<'p>(&mut self, program: &'p Program) -> Action<'p> {
        let mut setting = Setting {
            variables: &mut self.variables,
            scratch: &mut self.scratch,
            context: EvalContext {
                rng: &mut self.rng,
                unix_us: self.shard.clock.unix_us(self.now_us),
                sequences: &self.shard.setup.sequences,
            },
            now_us: self.now_us,
        };
        self.cursor.next(program, &mut setting)
    }

    /// Rests inside a stretch. A user that is dismissed meanwhile leaves, as in
    /// its wait between tasks; in `on_stop` it rests within the time it was given.
    async fn think(&mut self, due_us: u64, start: Start) -> Performed {
        let is_last = start == Start::Last;
        if !is_last && self.handle.is_leaving() {
            return Performed::CutOff;
        }
        let due_us = due_us.min(self.handle.cut_at_us());
        self.rest_until(due_us).await;
        let is_leaving = !is_last && self.handle.is_leaving();
        if is_leaving || self.now_us >= self.handle.cut_at_us() {
            return Performed::CutOff;
        }
        Performed::Succeeded
    }

    /// Lets the shard's other users go first.
    async fn yield_now(&mut self) -> Performed {
        let shard = Rc::clone(&self.shard);
        let timer = &shard.timer;
        timer.sleep_until(self.now_us, &self.handle.sleep).await;
        self.now_us = shard.clock.now_us();
        if self.handle.deadline.is_cut_off() {
            return Performed::CutOff;
        }
        Performed::Succeeded
    }

    fn record_group(&mut self, name: NameId, began_us: u64, has_failed: bool) -> Performed {
        let took_us = self.now_us.saturating_sub(began_us);
        let mut recorder = self.shard.recorder.borrow_mut();
        recorder.record_group(&GroupSample {
            name,
            has_failed,
            ended_us: self.shard.setup.run_us(self.now_us),
            took_us,
        });
        Performed::Succeeded
    }

    fn record_failure(
        &mut self,
        name: NameId,
        failure: Failure,
        undecided: Option<&Expression>,
    ) -> Performed {
        let shard = &self.shard;
        let unix_us = shard.clock.unix_us(self.now_us);
        let found = || undecided?.actual_value(&self.variables, unix_us);
        let hidden = || shard.setup.program.credentials.values(&self.variables);
        if let Some(trace) = shard.trace.get() {
            let mut trace = trace.borrow_mut();
            trace.found = found();
            trace.hide(hidden());
        }
        let ended_us = shard.setup.run_us(self.now_us);
        let mut recorder = shard.recorder.borrow_mut();
        recorder.record_failure(name, failure, ended_us);
        if undecided.is_some() {
            let sample = Sample {
                name,
                failure: Some(failure),
                status: 0,
                ended_us,
                service_us: None,
                response_us: None,
                bytes: 0,
                phases: Phases::default(),
            };
            recorder.sample(&sample, |_, _| CopiedAnswer {
                found: found(),
                hidden: hidden(),
                ..CopiedAnswer::default()
            });
        }
        drop(recorder);
        self.last_failure = Some((name, failure));
        Performed::Succeeded
    }

    fn write_log(&mut self, line: &Template) -> Performed {
        let shard = &self.shard;
        let at_us = shard.setup.run_us(self.now_us);
        let mut context = EvalContext {
            rng: &mut self.rng,
            unix_us: shard.clock.unix_us(self.now_us),
            sequences: &shard.setup.sequences,
        };
        shard.log_buffer.borrow_mut().write(at_us, || {
            let text = line.text(&self.variables, &mut context);
            let program = &shard.setup.program;
            match text {
                Ok(text) => program.mask_for(&self.variables, &text).into_owned(),
                Err(missing) => program.describe_missing(missing),
            }
        });
        Performed::Succeeded
    }

    fn end_stretch(&mut self, ending: Ending) -> Performed {
        if ending == Ending::UserEnds {
            self.handle.leave();
        }
        if self.cursor.has_failed() {
            Performed::Failed
        } else {
            Performed::Succeeded
        }
    }
}
