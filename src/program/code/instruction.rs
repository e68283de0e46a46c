//! What a user does, one thing after the other.

use crate::model::{NameId, RequestId, SlotId, Wait};
use crate::program::code::assignment::Assignment;
use crate::program::code::compiled::CodeAt;
use crate::program::expr::expression::Expression;
use crate::program::request::template::Template;

/// One instruction. Steps that hold other steps are jumps: a block opens with
/// an instruction that puts something on the user's stack and is left by one
/// that takes it off again.
#[derive(Clone, Debug)]
pub enum Instruction {
    /// Send a request and wait for its answer.
    Request(RequestId),
    /// Send this request and those after it at the same time.
    Parallel {
        /// The first of them.
        first: RequestId,
        /// How many.
        count: u16,
    },
    /// Rest; the wait is one that does not plan.
    Think(Wait),
    /// Set a variable.
    Set(Assignment),
    /// Go on there.
    Jump(CodeAt),
    /// Go on there unless the condition holds; what has no value does not.
    Unless(Condition, CodeAt),
    /// The task fails where the condition can not be told.
    Require(Condition),
    /// Go on at one of these, by weight.
    Choose(Box<[Branch]>),
    /// Open a loop of so many rounds.
    Repeat(Rounds),
    /// Begin a round, or close the loop and go on there.
    Round {
        /// Where it goes on after the last round.
        exit: CodeAt,
        /// The failure of the task where no round is left: of a loop that is
        /// meant to end earlier.
        exhausted: Option<TaskFailure>,
    },
    /// Close the loop and go on there unless the condition holds.
    While(Condition, CodeAt),
    /// Open a loop over the elements of a list; over none where that has no
    /// value. The task fails where it is no list.
    Each {
        /// The list.
        list: Condition,
        /// The most elements, if there is a limit.
        max: Option<u32>,
    },
    /// Put the next element into the variable, or close the loop and go on there.
    Element {
        /// The variable.
        slot: SlotId,
        /// The variable that the list comes from.
        from: Option<SlotId>,
        /// The row of the task that fails where the element is too large.
        task: NameId,
        /// Where it goes on after the last element.
        exit: CodeAt,
    },
    /// Open a group.
    BeginGroup(NameId),
    /// Close the group and record it.
    EndGroup,
    /// Open a poll that ends after so many microseconds.
    BeginPoll {
        /// How long it may take.
        timeout_us: u64,
    },
    /// Close the poll if what it waits for holds or its time is up, else rest
    /// and do its steps again.
    EndPoll(Box<Poll>),
    /// The task fails and is over.
    Fail(TaskFailure),
    /// The user ends, after its `on_stop`.
    StopUser,
    /// Write a line into the log of the run.
    Log(Template),
    /// The task, `on_start` or `on_stop` is over.
    End,
}

/// An expression that decides how a task goes on.
#[derive(Clone, Debug)]
pub struct Condition {
    pub(crate) expression: Expression,
    /// The failure of the task where its value decides nothing: a number that
    /// is compared with a text, rounds that are no number.
    pub(crate) undecided: TaskFailure,
}

/// How many rounds a loop has.
#[derive(Clone, Debug)]
pub enum Rounds {
    /// So many.
    Fixed(u32),
    /// What a value says; none where that has no value. The task fails where
    /// it is no number of rounds.
    Of(Condition),
}

/// A failure of a task that is no request's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskFailure {
    /// The row of the task.
    pub(crate) task: NameId,
    /// What the failure is called; index into the program's texts.
    pub(crate) text: u16,
}

/// A branch of a choice.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Its weight, above 0.
    pub(crate) weight: u32,
    /// Where its steps begin.
    pub(crate) to: CodeAt,
}

/// How a poll goes on.
#[derive(Clone, Debug)]
pub struct Poll {
    pub(crate) until: Expression,
    /// From the start of one try to the start of the next.
    pub(crate) every_us: u64,
    /// Where its steps begin.
    pub(crate) again: CodeAt,
    /// The row of the task, for the failure.
    pub(crate) task: NameId,
    /// What the failure is called; index into the program's texts.
    pub(crate) text: u16,
}
