//! The answer to `GET /exceptions`.
//!
//! Locust lists the errors of task code that are no request's here. Ours are
//! the failures of tasks: `fail` steps, and values that are missing outside a
//! request. There is no code, so there is no traceback.

use serde::Serialize;
use utoipa::ToSchema;

use crate::run::{FailureLine, Snapshot};

/// The whole answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Exceptions {
    /// Kinds of failure, most frequent first.
    pub exceptions: Vec<TaskException>,
}

/// One kind of failure of one task.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskException {
    /// How often.
    pub count: u64,
    /// The task, and what failed in it.
    pub msg: String,
    /// Always empty.
    pub traceback: &'static str,
    /// Where: always `local`.
    pub nodes: &'static str,
}

impl Exceptions {
    /// The answer for a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        let lines = snapshot.tables.failures.iter();
        let exceptions = lines.filter(|line| line.is_task()).map(|line| {
            let FailureLine { name, text, .. } = line;
            TaskException {
                count: line.count,
                msg: format!("{name}: {text}"),
                traceback: "",
                nodes: "local",
            }
        });
        Self {
            exceptions: exceptions.collect(),
        }
    }
}
