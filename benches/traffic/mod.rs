//! What is sent while it is measured, and one user that sends it: the parts
//! of an engine around a program, without an engine.

mod texts;
mod walker;

pub(crate) use texts::{ANSWER, CREATES, MIX, STATIC};
pub(crate) use walker::Walker;
