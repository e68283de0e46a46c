//! Open load: planned task starts meet free users.

pub(crate) mod arrival_queue;
pub(crate) mod delivery;
pub(crate) mod dispatcher;
