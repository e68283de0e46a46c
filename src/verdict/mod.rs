//! Judgements: pure functions of what was counted.

mod answers;
mod capacity;
mod criteria;
mod curve;
mod delivery;
mod disturbance;
mod ended_early;
mod finding;
mod findings;
mod generator_gaps;
mod judgement;
mod level;
mod rate_limit;
mod soundness;
mod steady;

pub use capacity::{Capacity, LevelLine, SearchLine, load_text, outcome_word};
pub use criteria::{
    Condition, ConditionMetric, ConditionSelector, ConditionWindow, CriteriaMonitor, Moment,
    Selected, samples_needed,
};
pub use curve::capacity_curve;
pub use delivery::{Culprit, DeliveryRule, PlanKind, PlanLine, Undelivered, undelivered};
pub use disturbance::{
    Circumstances, Disturbance, DisturbanceCause, Disturbed, disturbing_from_us,
};
pub use ended_early::{EarlyEnd, EndedEarly};
pub use finding::{Figure, Finding, Remark};
pub use findings::{
    Case, FULL_MIN, LoginAnswer, MAX_FINDINGS, Quote, findings, login_form_again, login_refused,
    remarks,
};
pub use generator_gaps::generator_gaps;
pub use judgement::{CriterionLine, Grounds, Judgement, Standing, Verdict};
pub use level::LevelCriteria;
pub use rate_limit::{RateLimited, rate_limited};
pub use soundness::{Evidence, Unsound, UnsoundKind, adds_up, soundness, soundness_of_level};
pub use steady::{Drift, drift};
