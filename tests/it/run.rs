//! Runs from a scenario's text to their final figures, against the lab, small
//! servers, and targets that misbehave.

mod behaviour;
mod conservation;
mod control;
#[cfg(target_os = "linux")]
mod costs;
mod criteria;
mod delivery;
mod dns;
mod ends;
mod exact_ends;
mod faults;
mod few_samples;
mod flow;
mod handshake;
mod hold;
mod http;
mod large_values;
mod limit;
mod links;
mod loads;
mod once;
mod play;
mod rails;
mod rehearsal;
mod samples;
mod slots;
mod stories;
#[path = "../../benches/swarm/mod.rs"]
mod swarm;
#[cfg(unix)]
mod together;
mod turns;
mod values;
