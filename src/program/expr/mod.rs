//! Expressions: their compiled form and their evaluation.

pub(crate) mod evaluate;
pub(crate) mod expression;
pub(crate) mod fake;
pub(crate) mod function;
pub(crate) mod number;
pub(crate) mod operators;
pub(crate) mod time;
pub(crate) mod units;
pub(crate) mod value;
