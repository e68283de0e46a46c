//! `probes:`: readings taken from the target beside its answers.

pub(crate) mod probe;
pub(crate) mod reading;
