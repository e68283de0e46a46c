//! What is sent while it is measured, and one user that sends it: the parts
//! of an engine around a program, without an engine.

mod driver;
mod messages;

pub(crate) use driver::Walker;
pub(crate) use messages::{ANSWER, CREATES, MIX, STATIC};
