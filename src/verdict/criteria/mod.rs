//! Criteria, judged second by second from what the aggregator takes in.

mod chance;
mod condition;
mod evaluator;
mod figure;
mod monitor;
mod planned_starts;
mod progress;
mod ruling;
mod status;
mod tally;
mod window;
mod wording;

pub use condition::{Condition, ConditionMetric, ConditionSelector, ConditionWindow};
pub use figure::samples_needed;
pub use monitor::{CriteriaMonitor, Moment};
pub use tally::Selected;

pub(crate) use ruling::may_be_left_out_s;

#[cfg(test)]
mod delivery_tests;
#[cfg(test)]
mod own_share_tests;
#[cfg(test)]
mod tests;
