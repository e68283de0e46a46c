//! Injected faults and service times.

pub(crate) mod fault;
pub(crate) mod fault_set;
pub(crate) mod latency;
pub(crate) mod pool;
pub(crate) mod work_queue;
