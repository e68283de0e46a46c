//! The search for the highest load that keeps the criteria.

pub(crate) mod driver;
pub(crate) mod level;
pub(crate) mod search;
#[cfg(test)]
pub(crate) mod search_tests;
