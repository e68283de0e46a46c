//! One pass condition, as text:
//! `METRIC[(ok|failed)] [of SELECTOR] OP VALUE [WINDOW] [abort]`.

pub(crate) mod criteria;
pub(crate) mod criteria_lint;
mod error;
mod lexer;
mod metric;
mod parse;
mod selector;
mod value;
mod window;

pub use error::{CriterionError, parse_criterion};
pub(super) use parse::{Places, parse};

#[cfg(test)]
mod tests;
