//! Rows of data and numbers that the users of a run share.

pub(crate) mod feed;
pub(crate) mod row_allocator;
pub(crate) mod sequences;
