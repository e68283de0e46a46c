//! The messages of the live protocol. `docs/live.md` describes each field.

mod delivery;
mod demo;
mod frame;
mod latencies;
mod rails;
mod readings;
mod run;
mod scenario;
mod series;
mod suite;
mod tables;
pub(crate) mod window;

pub(crate) use crate::web::live::messages::window::{HeatBody, StepsBody, WindowBody};
pub(crate) use demo::DemoBody;
pub(crate) use frame::FrameBody;
pub(crate) use rails::{HeldBody, RailsBody};
pub(crate) use readings::{ReadingBody, ReadingsBody};
pub(crate) use run::RunBody;
pub(crate) use scenario::ScenarioBody;
pub(crate) use series::SeriesBody;
pub(crate) use suite::{AllBody, SuiteBody};
pub(crate) use tables::TablesBody;
