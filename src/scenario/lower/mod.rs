//! From a scenario and the options of a run to the compiled program.

pub(crate) mod class_selection;
pub(crate) mod loader;
pub(crate) mod reader;
pub(crate) mod run_options;
pub(crate) mod selection;
pub(crate) mod unselected;
