//! Diagnoses: what the data of a run says about its script and its target.
//!
//! Pure functions of totals, of seconds and of what probes read. Each rule has
//! a least number of samples, so that a healthy run gives no finding; the same
//! data gives the same words. What is not measured is not named: a limit that
//! no probe shows is a limit and no pool. `docs/metrics.md` has the rules.

mod always_fails;
mod answers;
mod auth;
mod burst;
mod case;
mod cause;
mod drift;
mod idle_close;
mod jump;
mod limit;
mod limited;
mod list;
mod loss;
mod names;
mod paths;
mod points;
mod pool;
mod queueing;
mod readings;
mod refused;
mod remarks;
pub(in crate::verdict) mod robust;
mod shift;
#[cfg(test)]
mod tests;
mod tls;
pub(in crate::verdict) mod words;

pub use auth::{LoginAnswer, login_form_again, login_refused};
pub use case::{Case, FULL_MIN, Quote};
pub use list::{MAX_FINDINGS, findings};
pub use remarks::remarks;
