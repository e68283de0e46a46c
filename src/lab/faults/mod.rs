//! What the lab does wrong on purpose, and how slow it is.

pub(crate) mod fault;
pub(crate) mod fault_set;
pub(crate) mod latency;
pub(crate) mod pool;
pub(crate) mod work_queue;
