//! Judgements: pure functions of what was counted.

mod finding;
mod judgement;
mod soundness;

pub use finding::{Finding, Remark};
pub use judgement::{CriterionLine, Grounds, Judgement, Standing, Verdict};
pub use soundness::{Evidence, Unsound, soundness};
