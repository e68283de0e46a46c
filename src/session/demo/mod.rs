//! The demo: a run on the program's own target, and what happens to both in
//! about a minute, told as it happens.

mod demo_state;
mod director;
mod lab;
mod script;

pub(super) use demo_state::Demo;
pub use lab::DemoLab;
pub(crate) use script::Scene;
pub use script::Script;
