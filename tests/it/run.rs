//! Runs from a scenario's text to their final figures, against the lab, small
//! servers, and targets that misbehave.

mod control;
#[cfg(target_os = "linux")]
mod costs;
mod load;
#[path = "../../benches/swarm/mod.rs"]
mod swarm;
mod target;
mod users;
mod verdict;
