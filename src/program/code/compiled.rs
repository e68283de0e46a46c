//! The program as a whole.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{ClassId, Failure, FeedId, Origin, Route, RowKind};
use crate::program::code::class::Class;
use crate::program::code::instruction::Instruction;
use crate::program::code::variables::Variables;
use crate::program::data::feed::Feed;
use crate::program::request::Request;
use crate::program::request::secrets::Secrets;
use crate::program::request::sent_credentials::SentCredentials;

/// A compiled scenario, shared by all users of a run and never changed.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) name: String,
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
    /// What is done once a run.
    pub(crate) once: Hooks,
    /// The steps of everything, one after the other.
    pub code: Vec<Instruction>,
    /// The names of the variables, by slot.
    pub(crate) slots: Vec<String>,
    /// What failures are called whose slot lies beyond the variables:
    /// expressions that had no value.
    pub(crate) no_values: Vec<String>,
    /// What unmet expectations, empty captures and failures of tasks are called.
    pub(crate) texts: Vec<String>,
    /// The feeds of rows.
    pub feeds: Vec<Arc<Feed>>,
    /// How many sequences there are.
    pub sequence_count: usize,
    /// What is never shown.
    pub(crate) secrets: Secrets,
    /// What of a user's variables is not shown either.
    pub(crate) credentials: SentCredentials,
}

/// A row of the statistics.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// What the row stands for.
    pub kind: RowKind,
    /// The path template, or what the scenario calls it.
    pub name: String,
}

/// What is done once a run, outside the statistics.
#[derive(Clone, Debug, Default)]
pub struct Hooks {
    /// No user starts before this succeeds.
    pub(crate) health: Option<HealthGate>,
    /// Done before the first user; its variables are those users begin with.
    pub(crate) setup: Option<CodeAt>,
    /// Done after the last user.
    pub(crate) teardown: Option<CodeAt>,
    /// The feeds of which they need a row.
    pub(crate) rows: Vec<FeedId>,
}

/// A request that has to succeed before any user starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthGate {
    pub(crate) entry: CodeAt,
    /// How long it is tried.
    pub(crate) within: Duration,
    /// The pause between two tries.
    pub(crate) every: Duration,
    /// From here on a response is noted as slow.
    pub(crate) slow: Duration,
}

/// A place in a program's code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodeAt(pub u32);

impl CodeAt {
    /// The position this place stands for.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The place after this one.
    pub(crate) fn next(self) -> Self {
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

    /// The classes of a workload.
    pub(crate) fn classes_of(&self, workload: usize) -> impl Iterator<Item = ClassId> + '_ {
        let classes = self.classes.iter().enumerate();
        classes
            .filter(move |(_, class)| class.workload == workload)
            .map(|(index, _)| ClassId::from(index))
    }

    /// Words for a text that could not be put together.
    #[must_use]
    pub fn describe_missing(&self, failure: Failure) -> String {
        let words = self.describe(failure);
        let words = words.strip_prefix("not sent: ").unwrap_or(&words);
        format!("(not written: {words})")
    }

    /// A text without the secrets in it: whatever is shown of what was sent,
    /// received or kept in variables goes through here.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.secrets.mask(text)
    }

    /// The same of a text about a user: without the credentials that it holds
    /// now as well.
    pub(crate) fn mask_for<'t>(&self, variables: &Variables, text: &'t str) -> Cow<'t, str> {
        let hidden = self.credentials.values(variables);
        if hidden.is_empty() {
            return self.mask(text);
        }
        let masked = self.secrets_and(&hidden).mask(text).into_owned();
        Cow::Owned(masked)
    }

    /// The secrets together with credentials of users.
    pub(crate) fn secrets_and(&self, hidden: &[String]) -> Cow<'_, Secrets> {
        match hidden {
            [] => Cow::Borrowed(&self.secrets),
            _ => Cow::Owned(self.secrets.clone().and(hidden.iter().map(String::as_str))),
        }
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
            Failure::Expectation(text)
            | Failure::Capture(text)
            | Failure::Said(text)
            | Failure::Poll(text) => self
                .texts
                .get(usize::from(text))
                .cloned()
                .unwrap_or_else(|| failure.to_string()),
            Failure::TooLarge(slot) => match self.slots.get(slot.index()) {
                Some(name) => format!("variable \"{name}\" has no value: {failure}"),
                None => failure.to_string(),
            },
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
