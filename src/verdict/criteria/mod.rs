//! Criteria, judged second by second from what the aggregator takes in.

mod amount;
mod chance;
mod figure;
mod gauge;
mod line;
mod progress;
mod ring;
mod watch;
mod words;

pub use watch::{Moment, Watch};

#[cfg(test)]
mod tests;
