//! The messages of the live protocol. `docs/live.md` describes each field.

mod delivery;
mod frame;
mod guard_rails;
mod readings;
mod run;
mod scenario;
mod suite;
mod tables;
mod window;

pub(crate) use frame::FrameBody;
pub(crate) use guard_rails::{RailBody, RailCode, RailsBody, TargetBody};
pub(crate) use readings::{ReadingBody, ReadingsBody};
pub(crate) use run::RunBody;
pub(crate) use scenario::ScenarioBody;
pub(crate) use suite::{AllBody, SuiteBody};
pub(crate) use tables::TablesBody;
pub(crate) use window::{HeatmapBody, WindowBody};
