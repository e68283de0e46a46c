//! The maps of the scenario language and their keys, as a table for the schema.

mod answer;
mod class;
mod load;
mod probe;
mod request;
mod scenario;
mod step;
mod table;
mod timeline;

pub(super) use step::STEP_KINDS;
use table::{HEADERS, PAUSE, STEPS};
pub(super) use table::{Key, Kind, Rule, Shape, shapes};
