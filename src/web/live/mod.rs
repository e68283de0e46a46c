//! The live socket and the messages it carries.

pub(crate) mod feed;
pub(crate) mod messages;
pub(crate) mod socket;
