//! `load:` and `timeline:`: users and rates over time.

pub(crate) mod load_curve;
pub(crate) mod recorded;
pub(crate) mod timeline;
pub(crate) mod workload;
