//! Reports of shards and probes, merged into totals, seconds, tables and the
//! latest snapshot.

pub(crate) mod aggregator;
pub(crate) mod delivery;
pub(crate) mod failure_line;
pub(crate) mod failure_sample;
pub(crate) mod health;
mod meter;
pub(crate) mod probe_polling;
pub(crate) mod publish;
pub(crate) mod published;
pub(crate) mod samples;
pub(crate) mod snapshot;
pub(crate) mod stat_row;
pub(crate) mod tables;
pub(crate) mod window_query;
