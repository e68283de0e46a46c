//! Loads: what is planned, what is delivered, and when a run ends.

mod awkward_stops;
mod conservation;
mod delivery;
mod limit;
mod max_rps;
mod plans;
mod run_time;
