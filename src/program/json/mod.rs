//! Reading values out of JSON text.

pub(crate) mod extract;
pub(crate) mod lenient;
pub(crate) mod missing_path;
pub(crate) mod path;
pub(crate) mod tree;
