//! Judgements: pure functions of what was counted.

mod criteria;
mod finding;
mod findings;
mod judgement;
mod soundness;

pub use criteria::{Moment, Watch};
pub use finding::{Finding, Remark};
pub use findings::{Case, MAX_FINDINGS, findings, refused_at_start, remarks};
pub use judgement::{CriterionLine, Grounds, Judgement, Standing, Verdict};
pub use soundness::{Evidence, Unsound, soundness};
