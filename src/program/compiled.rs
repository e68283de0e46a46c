//! The program as a whole.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::{Failure, Method, Origin, RequestId};
use crate::program::class::Class;
use crate::program::feed::Feed;
use crate::program::request::Request;
use crate::program::secrets::Secrets;

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
    /// What unmet expectations and empty captures are called.
    pub texts: Vec<String>,
    /// The feeds of rows.
    pub feeds: Vec<Arc<Feed>>,
    /// How many sequences there are.
    pub sequence_count: usize,
    /// What is never shown.
    pub secrets: Secrets,
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

    /// A text without the secrets in it: whatever is shown of what was sent,
    /// received or kept in variables goes through here.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.secrets.mask(text)
    }

    /// Words for a failure, without secrets.
    #[must_use]
    pub fn describe(&self, failure: Failure) -> String {
        let words = self.words(failure);
        match self.mask(&words) {
            Cow::Borrowed(_) => words,
            Cow::Owned(masked) => masked,
        }
    }

    fn words(&self, failure: Failure) -> String {
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
