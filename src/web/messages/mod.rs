//! The messages of the live protocol. `docs/live.md` describes each field.

mod delivery;
mod demo;
mod frame;
mod latencies;
mod past;
mod rails;
mod readings;
mod run;
mod scenario;
mod series;
mod suite;
mod tables;

pub(super) use demo::DemoBody;
pub(super) use frame::FrameBody;
pub(super) use past::{HeatBody, StepsBody, WindowBody};
pub(super) use rails::{HeldBody, RailsBody};
pub(super) use readings::{ReadingBody, ReadingsBody};
pub(super) use run::RunBody;
pub(super) use scenario::ScenarioBody;
pub(super) use series::SeriesBody;
pub(super) use suite::{AllBody, SuiteBody};
pub(super) use tables::TablesBody;
