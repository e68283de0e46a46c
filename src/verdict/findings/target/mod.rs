//! Findings about the target.

pub(crate) mod burst;
pub(crate) mod cause;
pub(crate) mod drift;
pub(crate) mod idle_close;
pub(crate) mod jump;
pub(crate) mod limit;
pub(crate) mod loss;
pub(crate) mod pool;
pub(crate) mod queueing;
pub(crate) mod rate_limit;
pub(crate) mod refusals;
pub(crate) mod tls;
