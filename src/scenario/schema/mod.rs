//! The maps of the scenario language and their keys, as a table for the schema.

mod answer;
mod class;
pub(crate) mod fields;
pub(crate) mod json_schema;
pub(crate) mod limits;
mod load;
pub(crate) mod patterns;
mod probe;
mod request;
mod scenario;
mod step;
mod table;
mod timeline;

pub(super) use request::BODIES;
pub(super) use step::STEP_KINDS;
use table::{HEADERS, PARAMETERS, PAUSE, STEPS, VARIABLES, words};
pub(super) use table::{Has, Key, Kind, MANY, Names, Rule, Shape, shapes, shapes_of};
pub(super) use timeline::CHANGE_KINDS;
