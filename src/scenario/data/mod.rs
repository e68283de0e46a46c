//! `data:` and the files that a scenario names.

pub(crate) mod credentials;
pub(crate) mod feeds;
pub(crate) mod files;
pub(crate) mod rows;
