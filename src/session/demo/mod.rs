//! The demo: a run on the program's own target, and what happens to both in
//! about a minute, told as it happens.

mod director;
mod lab;
mod playing;
mod script;

pub use lab::DemoLab;
pub(super) use playing::Demo;
pub(crate) use script::Scene;
pub use script::Script;
