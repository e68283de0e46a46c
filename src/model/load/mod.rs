//! Load as written: users and rates over time, limits, slots, seeds.

pub(crate) mod change;
pub(crate) mod curve;
pub(crate) mod find_limit;
pub(crate) mod rails;
pub(crate) mod run_spec;
pub(crate) mod seed;
pub(crate) mod share;
pub(crate) mod slots;
pub(crate) mod wait;
pub(crate) mod workload;
