//! One user outside the statistics: hooks, login checks and trials.

pub(crate) mod isolated;
pub(crate) mod one_off;
pub(crate) mod trace;
pub(crate) mod trial;
