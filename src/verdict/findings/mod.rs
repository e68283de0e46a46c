//! Diagnoses: what the data of a run says about its script and its target.
//!
//! Pure functions of totals, of seconds and of what probes read. Each rule has
//! a least number of samples, so that a healthy run gives no finding; the same
//! data gives the same words. What is not measured is not named: a limit that
//! no probe shows is a limit and no pool. `docs/metrics.md` has the rules.

mod answers;
mod burst;
mod case;
mod drift;
mod jump;
mod limit;
mod list;
mod points;
mod pool;
mod refused;
mod remarks;
pub(in crate::verdict) mod robust;
#[cfg(test)]
mod tests;
pub(in crate::verdict) mod words;

pub use answers::refused_at_start;
pub use case::Case;
pub use list::{MAX_FINDINGS, findings};
pub use remarks::remarks;
