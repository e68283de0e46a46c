//! Diagnoses: what the data of a run says about its script and its target.
//!
//! Pure functions of totals, of seconds and of what probes read. Each rule has
//! a least number of samples, so that a healthy run gives no finding; the same
//! data gives the same words. What is not measured is not named: a limit that
//! no probe shows is a limit and no pool. `docs/metrics.md` has the rules.

pub(crate) mod data;
mod remarks;
mod script;
mod target;
#[cfg(test)]
mod tests;
pub(in crate::verdict) mod wording;

pub use data::case::{Case, FULL_MIN, Quote};
pub use data::list::{MAX_FINDINGS, findings};
pub use remarks::remarks;
pub use script::auth::{LoginAnswer, login_form_again, login_refused};
