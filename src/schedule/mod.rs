//! When things happen: pure functions of elapsed time and counts.
//!
//! No clock is read here and nothing sleeps, so every schedule is tested
//! without waiting. Times are microseconds on the run's own axis.

mod curve;
mod mix;
mod pace;
mod plan;
mod ramp;
mod search;
mod starts;
mod user_plan;

pub use mix::Mix;
pub use pace::{Moments, Pace, Passed};
pub use plan::think_until_us;
pub use ramp::Ramp;
pub use search::{Search, highest_allowed};
pub use starts::Starts;
pub use user_plan::UserPlan;
