//! The program as a whole.

use std::sync::Arc;

use crate::model::{Failure, Method, Origin, RequestId, Route};
use crate::program::class::Class;
use crate::program::request::Request;

/// A compiled scenario, shared by all users of a run and never changed.
#[derive(Clone, Debug)]
pub struct Program {
    /// The scenario's name.
    pub name: String,
    /// Where requests go; the first is the host of the run. One that is gone to
    /// by several routes is there several times.
    pub origins: Vec<Origin>,
    /// How connections to each of them are made, in the same order.
    pub routes: Vec<Arc<Route>>,
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
    /// What unmet expectations and empty captures are called.
    pub texts: Vec<String>,
}

/// A row of the statistics.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The method.
    pub method: Method,
    /// The path template, or what the scenario calls it.
    pub name: String,
}

/// A place in a program's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Send a request and wait for its answer.
    Request(RequestId),
    /// The task, `on_start` or `on_stop` is over.
    End,
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

    /// Words for a failure.
    #[must_use]
    pub fn describe(&self, failure: Failure) -> String {
        match failure {
            Failure::Expectation(text) | Failure::Capture(text) => self
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
