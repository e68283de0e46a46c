//! YAML text to a tree of nodes with places, and the diagnostics that point
//! into it.

pub(crate) mod diagnostic;
pub(crate) mod fields;
pub(crate) mod node;
pub(crate) mod parser;
pub(crate) mod source;
pub(crate) mod source_map;
pub(crate) mod suggest;
pub(crate) mod units;
