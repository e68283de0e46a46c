//! What a start waits for, and why there is none.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::run::Blame;

/// Something that every start from the dashboard waits for.
pub trait Gate: fmt::Debug + Send + Sync {
    /// What is waited for and how long at most, for people.
    fn awaits(&self) -> String;

    /// Comes back when a run may start. Takes a bounded time.
    ///
    /// # Errors
    /// Why none may.
    fn pass(&self) -> BoxFuture<'_, Result<(), NotStarted>>;
}

/// Why a run has not started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotStarted {
    /// Who can mend it.
    pub blame: Blame,
    /// What stands in the way, and what to do about it.
    pub message: String,
}
