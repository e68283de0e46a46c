//! User classes.

use crate::model::{FeedId, Population, Wait};
use crate::program::code::compiled::CodeAt;
use crate::program::code::task_picker::Order;
use crate::program::code::tasks::Tasks;

/// A kind of user.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The workload it belongs to.
    pub(crate) workload: usize,
    /// How many of the workload's users are of this kind.
    pub population: Population,
    /// What its users do between tasks.
    pub(crate) wait: Wait,
    /// What a user does first; if it fails, the user ends.
    pub on_start: Option<CodeAt>,
    /// Whether `on_start` is done once before any user starts, see
    /// `docs/scenarios.md`.
    pub is_rehearsed: bool,
    /// What a user does last.
    pub(crate) on_stop: Option<CodeAt>,
    /// What its users pick from; at least one.
    pub tasks: Tasks,
    /// In which order.
    pub order: Order,
    /// How many tasks a user does before it ends; `None` sets no limit.
    pub(crate) iterations: Option<u32>,
    /// The rows that its users need.
    pub rows: ClassRows,
}

/// The feeds of which the users of a class need a row, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassRows {
    /// All their life.
    pub user: Vec<FeedId>,
    /// While `on_start` runs.
    pub on_start: Vec<FeedId>,
    /// While `on_stop` runs.
    pub on_stop: Vec<FeedId>,
}
