//! Criteria, judged second by second from what the aggregator takes in.

mod amount;
mod figure;
mod gauge;
mod line;
mod progress;
mod ring;
mod watch;
mod words;

pub use amount::Selected;
pub use watch::{Moment, Watch};

#[cfg(test)]
mod delivery_tests;
#[cfg(test)]
mod tests;
