use std::fmt;

use crate::model::Method;

/// The kind of a row of the statistics. `Display` gives the word that
/// stands where a request has its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKind {
    /// Requests of this method.
    Request(Method),
    /// A group of steps: how long all of them took. Not in any sum over requests.
    Group,
    /// A task: it has no figures of its own, but failures that are no request's.
    Task,
}

impl RowKind {
    /// The number of kinds, each method counted as one.
    pub const COUNT: usize = Method::ALL.len() + 2;

    /// Whether it counts requests, which totals are made of.
    #[must_use]
    pub fn is_request(self) -> bool {
        matches!(self, Self::Request(_))
    }

    /// The word for tables: the method, `GROUP` or `TASK`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request(method) => method.as_str(),
            Self::Group => "GROUP",
            Self::Task => "TASK",
        }
    }
}

impl fmt::Display for RowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
