//! Where a user is in the program, and what it does next.

use crate::model::{Failure, NameId, RequestId, SlotId, Wait};
use crate::program::code::compiled::{CodeAt, Program};
use crate::program::code::instruction::{
    Branch, Condition, Instruction, Poll, Rounds, TaskFailure,
};
use crate::program::code::trial_order::TrialOrder;
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::EvalContext;
use crate::program::expr::expression::Expression;
use crate::program::expr::number;
use crate::program::expr::value::Value;
use crate::program::json::extract;
use crate::program::request::Scratch;
use crate::program::request::template::Template;

/// The most instructions between two looks at the clock that find it moved:
/// a loop that neither sends nor rests lets others go first.
const MOST_AT_ONCE: u32 = 500;

/// The most rounds of a loop whose number is an expression.
const MOST_ROUNDS: i64 = 1_000_000;

/// A user's place in the program and the blocks it is in.
///
/// The stack grows to the deepest nesting once and is kept; a user that enters
/// no block allocates nothing.
#[derive(Debug, Default)]
pub struct Cursor {
    at: CodeAt,
    stack: Vec<StackFrame>,
    on_failure: OnFailure,
    failures: u32,
    ending: Option<Ending>,
    /// The time when `spent` was zeroed.
    since_us: u64,
    spent: u32,
    /// What a trial chooses by; `None` draws.
    trial_order: Option<Box<TrialOrder>>,
}

/// A block that the user is in.
#[derive(Debug)]
enum StackFrame {
    /// A loop with so many rounds to go.
    Rounds(u32),
    /// A loop over these, the next one last.
    Elements(Vec<Box<str>>),
    /// A group, with the failures there had been before it.
    Group {
        name: NameId,
        began_us: u64,
        failures: u32,
    },
    /// A poll, with the failures there had been before it.
    Poll {
        deadline_us: u64,
        tried_us: u64,
        failures: u32,
    },
}

/// What a request that fails does to the stretch it is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// It goes on with the next step.
    #[default]
    GoOn,
    /// It is over, unless the request is part of a poll.
    End,
}

/// How a stretch of the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The user goes on with the next task.
    Over,
    /// The user ends.
    UserEnds,
}

/// What a cursor works with.
#[derive(Debug)]
pub struct Setting<'a> {
    /// The user's variables.
    pub variables: &'a mut Variables,
    /// The user's buffers.
    pub scratch: &'a mut Scratch,
    /// Randomness and the wall clock.
    pub context: EvalContext<'a>,
    /// The time.
    pub now_us: u64,
}

/// What is done next by whoever can send, rest and record.
#[derive(Clone, Copy, Debug)]
pub enum Action<'p> {
    /// Send a request; then tell the cursor if it failed.
    Request(RequestId),
    /// Send so many requests at the same time; then tell the cursor if one failed.
    Parallel {
        /// The first of them.
        first: RequestId,
        /// How many.
        count: u16,
    },
    /// Rest.
    Rest {
        /// Until when.
        due_us: u64,
    },
    /// Let others go first.
    Yield,
    /// Record a group that has ended.
    Group {
        /// Its row.
        name: NameId,
        /// When its first step began.
        began_us: u64,
        /// Whether something in it failed.
        has_failed: bool,
    },
    /// Record a failure that is no request's; the cursor knows of it.
    Failed {
        /// The row of the task.
        task: NameId,
        /// What failed.
        failure: Failure,
        /// What did not decide, where that is why.
        undecided: Option<&'p Expression>,
    },
    /// Write a line into the log of the run.
    Log(&'p Template),
    /// Nothing: the stretch is over.
    End(Ending),
}

impl Cursor {
    /// Goes to the beginning of a stretch.
    pub fn start(&mut self, entry: CodeAt, on_failure: OnFailure) {
        self.at = entry;
        self.stack.clear();
        self.on_failure = on_failure;
        self.failures = 0;
        self.ending = None;
    }

    /// Takes the branches of a choice in turn from now on, the likely ones first.
    pub(crate) fn take_turns(&mut self) {
        self.trial_order.get_or_insert_default();
    }

    /// Whether the stretch that begins there has choices that the user has come to
    /// and not gone all ways of.
    pub(crate) fn has_untaken(&self, program: &Program, entry: CodeAt) -> bool {
        let rest = program.code.get(entry.index()..).unwrap_or_default();
        let len = rest.iter().position(|one| matches!(one, Instruction::End));
        let len = u32::try_from(len.unwrap_or(rest.len())).unwrap_or(u32::MAX);
        let stretch = entry..CodeAt(entry.0.saturating_add(len));
        let trial_order = self.trial_order.as_ref();
        trial_order.is_some_and(|order| order.has_untaken(&stretch))
    }

    /// A request failed, or several that were sent at the same time.
    pub fn fail(&mut self) {
        self.failures = self.failures.saturating_add(1);
        let in_poll = |frame: &StackFrame| matches!(frame, StackFrame::Poll { .. });
        if self.on_failure == OnFailure::End && !self.stack.iter().any(in_poll) {
            self.ending = Some(Ending::Over);
        }
    }

    /// Whether something in the stretch failed. What a poll tried in vain does not count.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failures > 0
    }

    /// Goes on to the next thing that the cursor cannot do by itself.
    pub fn next<'p>(&mut self, program: &'p Program, setting: &mut Setting<'_>) -> Action<'p> {
        if setting.now_us != self.since_us {
            self.since_us = setting.now_us;
            self.spent = 0;
        }
        loop {
            if let Some(ending) = self.ending {
                return self.unwind(ending);
            }
            if self.spent >= MOST_AT_ONCE {
                return Action::Yield;
            }
            self.spent += 1;
            let Some(instruction) = program.code.get(self.at.index()) else {
                return Action::End(Ending::Over);
            };
            self.at = self.at.next();
            if let Some(action) = self.step(instruction, setting) {
                return action;
            }
        }
    }

    fn step<'p>(
        &mut self,
        instruction: &'p Instruction,
        setting: &mut Setting<'_>,
    ) -> Option<Action<'p>> {
        match instruction {
            Instruction::Request(id) => return Some(Action::Request(*id)),
            Instruction::Parallel { first, count } => {
                let (first, count) = (*first, *count);
                return Some(Action::Parallel { first, count });
            }
            Instruction::Think(wait) => return Some(think(*wait, setting)),
            Instruction::Log(text) => return Some(Action::Log(text)),
            Instruction::EndGroup => return self.stack.pop().and_then(|frame| self.close(&frame)),
            Instruction::EndPoll(poll) => return self.end_try(poll, setting),
            Instruction::Fail(failure) => return Some(self.end_failed(*failure)),
            Instruction::Set(assignment) => {
                assignment.apply(setting);
                let task = assignment.task?;
                return self.too_large(assignment.slot, task, setting);
            }
            Instruction::Jump(to) => self.at = *to,
            Instruction::Unless(condition, to) => match setting.decide(condition) {
                Ok(true) => {}
                Ok(false) => self.at = *to,
                Err(condition) => return Some(self.undecided(condition)),
            },
            Instruction::Require(condition) => {
                if let Err(condition) = setting.decide(condition) {
                    return Some(self.undecided(condition));
                }
            }
            Instruction::Choose(branches) => self.choose(branches, setting),
            Instruction::Repeat(rounds) => match setting.rounds(rounds) {
                Ok(rounds) => self.stack.push(StackFrame::Rounds(rounds)),
                Err(condition) => return Some(self.undecided(condition)),
            },
            Instruction::Round { exit, exhausted } => return self.round(*exit, *exhausted),
            Instruction::While(condition, exit) => match setting.decide(condition) {
                Ok(true) => {}
                Ok(false) => self.leave(*exit),
                Err(condition) => return Some(self.undecided(condition)),
            },
            Instruction::Each { list, max } => match setting.elements(list, *max) {
                Ok(elements) => self.stack.push(StackFrame::Elements(elements)),
                Err(condition) => return Some(self.undecided(condition)),
            },
            Instruction::Element {
                slot,
                from,
                task,
                exit,
            } => {
                let is_set = self.element(*slot, *exit, setting);
                setting.variables.copy_source(*slot, *from);
                return is_set
                    .then(|| self.too_large(*slot, *task, setting))
                    .flatten();
            }
            Instruction::BeginGroup(name) => self.stack.push(StackFrame::Group {
                name: *name,
                began_us: setting.now_us,
                failures: self.failures,
            }),
            Instruction::BeginPoll { timeout_us } => self.stack.push(StackFrame::Poll {
                deadline_us: setting.now_us.saturating_add(*timeout_us),
                tried_us: setting.now_us,
                failures: self.failures,
            }),
            Instruction::StopUser => self.ending = Some(Ending::UserEnds),
            Instruction::End => self.ending = Some(Ending::Over),
        }
        None
    }

    /// Leaves all blocks; groups are recorded as far as they came.
    fn unwind<'p>(&mut self, ending: Ending) -> Action<'p> {
        while let Some(frame) = self.stack.pop() {
            if let Some(action) = self.close(&frame) {
                return action;
            }
        }
        Action::End(ending)
    }

    fn close<'p>(&self, frame: &StackFrame) -> Option<Action<'p>> {
        let StackFrame::Group {
            name,
            began_us,
            failures,
        } = *frame
        else {
            return None;
        };
        Some(Action::Group {
            name,
            began_us,
            has_failed: self.failures > failures,
        })
    }

    fn leave(&mut self, exit: CodeAt) {
        self.stack.pop();
        self.at = exit;
    }

    fn choose(&mut self, branches: &[Branch], setting: &mut Setting<'_>) {
        if let Some(next) = self
            .trial_order
            .as_mut()
            .and_then(|order| order.next(branches))
        {
            return self.at = next;
        }
        let weights = branches.iter().map(|branch| u64::from(branch.weight));
        let total = weights.sum::<u64>();
        if total == 0 {
            return;
        }
        let mut drawn = setting.context.rng.u64(..total);
        for branch in branches {
            match drawn.checked_sub(u64::from(branch.weight)) {
                Some(left) => drawn = left,
                None => return self.at = branch.to,
            }
        }
    }

    fn round<'p>(&mut self, exit: CodeAt, exhausted: Option<TaskFailure>) -> Option<Action<'p>> {
        match (self.stack.last_mut(), exhausted) {
            (Some(StackFrame::Rounds(left)), _) if *left > 0 => *left -= 1,
            (_, Some(failure)) => return Some(self.end_failed(failure)),
            (_, None) => self.leave(exit),
        }
        None
    }

    /// The task fails and is over.
    fn end_failed<'p>(&mut self, failure: TaskFailure) -> Action<'p> {
        self.end_task(failure.task, Failure::Said(failure.text), None)
    }

    /// The task fails where a condition decides nothing.
    fn undecided<'p>(&mut self, condition: &'p Condition) -> Action<'p> {
        let TaskFailure { task, text } = condition.undecided;
        self.end_task(task, Failure::Said(text), Some(&condition.expression))
    }

    /// The task fails where a variable would be too large.
    fn too_large<'p>(
        &mut self,
        slot: SlotId,
        task: NameId,
        setting: &Setting<'_>,
    ) -> Option<Action<'p>> {
        let is_too_large = setting.variables.is_too_large(slot);
        is_too_large.then(|| self.end_task(task, Failure::TooLarge(slot), None))
    }

    fn end_task<'p>(
        &mut self,
        task: NameId,
        failure: Failure,
        undecided: Option<&'p Expression>,
    ) -> Action<'p> {
        self.failures = self.failures.saturating_add(1);
        self.ending = Some(Ending::Over);
        Action::Failed {
            task,
            failure,
            undecided,
        }
    }

    /// Whether there is one more element.
    fn element(&mut self, slot: SlotId, exit: CodeAt, setting: &mut Setting<'_>) -> bool {
        let next = match self.stack.last_mut() {
            Some(StackFrame::Elements(left)) => left.pop(),
            _ => None,
        };
        match &next {
            Some(json) => setting.variables.set_json(slot, json),
            None => self.leave(exit),
        }
        next.is_some()
    }

    /// A try of a poll has ended.
    fn end_try<'p>(&mut self, poll: &'p Poll, setting: &mut Setting<'_>) -> Option<Action<'p>> {
        let Some(StackFrame::Poll {
            deadline_us,
            tried_us,
            failures,
        }) = self.stack.last_mut()
        else {
            return None;
        };
        let held = poll.until.holds(setting.variables, &mut setting.context);
        let is_done = held == Ok(true);
        if !is_done && setting.now_us < *deadline_us {
            let due_us = tried_us.saturating_add(poll.every_us);
            let due_us = due_us.clamp(setting.now_us, (*deadline_us).max(setting.now_us));
            *tried_us = due_us;
            self.at = poll.again;
            return Some(Action::Rest { due_us });
        }
        // Trying in vain is what a poll is for: only its outcome counts.
        self.failures = *failures;
        self.stack.pop();
        if is_done {
            return None;
        }
        self.fail();
        Some(Action::Failed {
            task: poll.task,
            failure: Failure::Poll(poll.text),
            undecided: held.is_err().then_some(&poll.until),
        })
    }
}

impl Setting<'_> {
    /// Whether a condition holds.
    fn decide<'c>(&mut self, condition: &'c Condition) -> Result<bool, &'c Condition> {
        let holds = condition
            .expression
            .holds(self.variables, &mut self.context);
        holds.map_err(|_incomparable| condition)
    }

    /// A number of rounds.
    fn rounds<'c>(&mut self, rounds: &'c Rounds) -> Result<u32, &'c Condition> {
        let times = match rounds {
            Rounds::Fixed(rounds) => return Ok(*rounds),
            Rounds::Of(times) => times,
        };
        let Ok(value) = times.expression.evaluate(self.variables, &mut self.context) else {
            return Ok(0);
        };
        if matches!(value, Value::None) {
            return Ok(0);
        }
        let rounds = number::whole(&value).filter(|rounds| *rounds <= MOST_ROUNDS);
        let rounds = rounds.ok_or(times)?;
        Ok(u32::try_from(rounds).unwrap_or(0))
    }

    /// The elements of a list as JSON, the first one last; at most `max`.
    fn elements<'c>(
        &mut self,
        undecided: &'c Condition,
        max: Option<u32>,
    ) -> Result<Vec<Box<str>>, &'c Condition> {
        let Ok(list) = undecided
            .expression
            .evaluate(self.variables, &mut self.context)
        else {
            return Ok(Vec::new());
        };
        let mut json = Vec::new();
        let text = match &list {
            Value::None => return Ok(Vec::new()),
            Value::Json(text) => text.as_ref(),
            Value::List(_) => {
                let form = crate::program::request::encoding::Encoding::JsonValue;
                crate::program::request::encoding::write(&mut json, &list, form)
                    .map_err(|_| undecided)?;
                str::from_utf8(&json).unwrap_or_default()
            }
            _ => return Err(undecided),
        };
        let all = extract::elements(text).ok_or(undecided)?;
        let max = max.and_then(|max| usize::try_from(max).ok());
        let first = all.into_iter().take(max.unwrap_or(usize::MAX));
        let mut first: Vec<Box<str>> = first.map(Box::from).collect();
        first.reverse();
        Ok(first)
    }
}

fn think<'p>(wait: Wait, setting: &mut Setting<'_>) -> Action<'p> {
    let seconds = wait.think_seconds(setting.context.rng.f64()).unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; nobody thinks for less than no time"
    )]
    let us = (seconds * 1e6).round() as u64;
    Action::Rest {
        due_us: setting.now_us.saturating_add(us),
    }
}
