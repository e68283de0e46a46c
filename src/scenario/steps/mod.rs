//! User classes, tasks and their steps.

pub(crate) mod class;
pub(crate) mod flow;
pub(crate) mod hooks;
pub(crate) mod order;
pub(crate) mod simple_step;
pub(crate) mod step;
