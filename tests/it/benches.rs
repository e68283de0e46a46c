//! What the comparison in `benches/compare` reads and reckons; that it
//! measures is seen by running it.

#[path = "../../benches/compare/cost.rs"]
mod cost;
mod costs;
#[path = "../../benches/compare/interval.rs"]
mod interval;
mod medians;
mod outputs;
#[path = "../../benches/compare/said.rs"]
mod said;
#[path = "../../benches/compare/usage.rs"]
mod usage;
