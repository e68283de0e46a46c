//! The search for the highest load that keeps the criteria.

pub(crate) mod level;
pub(crate) mod search;
