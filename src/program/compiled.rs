//! The program as a whole.

use crate::model::{Failure, Origin, RowKind};
use crate::program::class::Class;
use crate::program::instruction::Instruction;
use crate::program::request::Request;

/// A compiled scenario, shared by all users of a run and never changed.
#[derive(Clone, Debug)]
pub struct Program {
    /// The scenario's name.
    pub name: String,
    /// Where requests go; the first is the host of the run.
    pub origins: Vec<Origin>,
    /// The rows of the statistics.
    pub names: Vec<Name>,
    /// The kinds of users; at least one.
    pub classes: Vec<Class>,
    /// The request steps.
    pub requests: Vec<Request>,
    /// The steps of everything, one after the other.
    pub code: Vec<Instruction>,
    /// The names of the variables, by slot.
    pub slots: Vec<String>,
    /// What failures are called whose slot lies beyond the variables:
    /// expressions that had no value.
    pub no_values: Vec<String>,
    /// What unmet expectations, empty captures and failures of tasks are called.
    pub texts: Vec<String>,
}

/// A row of the statistics.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// What the row stands for.
    pub kind: RowKind,
    /// The path template, or what the scenario calls it.
    pub name: String,
}

/// A place in a program's code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodeAt(pub u32);

impl CodeAt {
    /// The position this place stands for.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Program {
    /// The most rows the statistics of a program have; what comes after that
    /// is counted together.
    pub const MAX_NAMES: usize = 1_000;
    /// The name under which that is counted.
    pub const OTHER: &'static str = "(other)";

    /// How many slots a user's variables need.
    #[must_use]
    pub fn slot_count(&self) -> usize {
        self.slots.len()
    }

    /// Words for a text that could not be put together.
    #[must_use]
    pub fn describe_missing(&self, failure: Failure) -> String {
        let words = self.describe(failure);
        let words = words.strip_prefix("not sent: ").unwrap_or(&words);
        format!("(not written: {words})")
    }

    /// Words for a failure.
    #[must_use]
    pub fn describe(&self, failure: Failure) -> String {
        match failure {
            Failure::Expectation(text)
            | Failure::Capture(text)
            | Failure::Said(text)
            | Failure::Poll(text) => self
                .texts
                .get(usize::from(text))
                .cloned()
                .unwrap_or_else(|| failure.to_string()),
            Failure::Unset(slot) => match self.slots.get(slot.index()) {
                Some(name) => format!("not sent: variable \"{name}\" is not set yet"),
                None => match self.no_values.get(slot.index() - self.slots.len()) {
                    Some(text) => format!("not sent: {text}"),
                    None => failure.to_string(),
                },
            },
            _ => failure.to_string(),
        }
    }
}
