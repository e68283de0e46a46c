//! Judgements: pure functions of what was counted.

mod capacity;
mod criteria;
mod curve;
mod delivery;
mod finding;
mod findings;
mod judgement;
mod level;
mod soundness;
mod steady;

pub use capacity::{Capacity, LevelLine, SearchLine, load_words, outcome_word};
pub use criteria::{Moment, Selected, Watch};
pub use curve::capacity_curve;
pub use delivery::{
    Culprit, DELIVERED_MIN, DeliveryRule, PlanKind, PlanLine, Undelivered, undelivered,
};
pub use finding::{Finding, Remark};
pub use findings::{Case, MAX_FINDINGS, findings, refused_at_start, remarks};
pub use judgement::{CriterionLine, Grounds, Judgement, Standing, Verdict};
pub use level::LevelCriteria;
pub use soundness::{Evidence, Unsound, adds_up, soundness, soundness_of_level};
pub use steady::{Drift, drift};
