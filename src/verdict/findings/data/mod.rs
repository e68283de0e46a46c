//! The data of the rules, and their shared estimators.

pub(crate) mod answers;
pub(crate) mod case;
pub(crate) mod estimators;
pub(crate) mod list;
pub(crate) mod names;
pub(crate) mod points;
pub(crate) mod readings;
pub(crate) mod shift;
