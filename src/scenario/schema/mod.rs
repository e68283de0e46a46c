//! The maps of the scenario language and their keys, as a table for the schema.

mod fields;
pub(crate) mod json_schema;
pub(crate) mod limits;
pub(crate) mod maps;
pub(crate) mod patterns;
mod table;
mod value;

pub(crate) use fields::{Fields, Known};
pub(crate) use table::{Key, Kind, MANY, MapDef};
