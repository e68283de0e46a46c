//! What a shard counts in, and the intervals it sends.

pub(crate) mod bucket;
pub(crate) mod counts;
pub(crate) mod failures;
pub(crate) mod interval;
pub(crate) mod raw_samples;
pub(crate) mod recorder;
pub(crate) mod varint;
