//! The maps of the scenario language, each with its keys.

mod answer;
mod class;
mod load;
mod probe;
mod request;
mod scenario;
mod step;
mod timeline;

pub(crate) use answer::*;
pub(crate) use class::*;
pub(crate) use load::*;
pub(crate) use probe::*;
pub(crate) use request::*;
pub(crate) use scenario::*;
pub(crate) use step::*;
pub(crate) use timeline::*;
