//! What the rules read, and the estimators they share.

pub(crate) mod answers;
pub(crate) mod case;
pub(crate) mod estimators;
pub(crate) mod list;
pub(crate) mod names;
pub(crate) mod points;
pub(crate) mod readings;
pub(crate) mod shift;
