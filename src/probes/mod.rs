//! Readings from outside the engine.
//!
//! Everything that is asked of the operating system is asked in [`host`],
//! where "not available here" is a value. The other probes ask the target's
//! surroundings, with a time limit and a bound on every answer: containers,
//! databases, endpoints that tell figures. They read and do not judge.

mod counter;
mod docker;
mod error;
mod http;
mod json;
mod postgres;
mod process;
mod prometheus;
mod reader;
mod round;
mod scheduling;

pub mod host;

pub use error::ProbeError;
pub use http::Tls;
pub use reader::{Reader, readers};
pub use round::{Round, Value};
pub use scheduling::{stolen_us, thread_run_delay_us};
