//! Criteria, judged second by second from what the aggregator takes in.

mod amount;
mod chance;
mod figure;
mod gauge;
mod line;
mod progress;
mod ring;
mod ruling;
mod starts;
mod watch;
mod words;

pub use amount::Selected;
pub use figure::samples_needed;
pub use watch::{Moment, Watch};
pub use words::grouped;

pub(in crate::verdict) use ruling::may_be_left_out_s;

#[cfg(test)]
mod delivery_tests;
#[cfg(test)]
mod own_share_tests;
#[cfg(test)]
mod tests;
