//! What the comparison in `benches/compare` and the judging of verdicts in
//! `benches/verdicts` read and reckon; that they measure is seen by running them.

#[path = "../../benches/compare/cost.rs"]
mod cost;
mod costs;
#[path = "../../benches/compare/interval.rs"]
mod interval;
mod medians;
#[path = "../../benches/compare/outputs.rs"]
mod outputs;
mod read_outputs;
#[path = "../../benches/compare/resource_usage.rs"]
mod resource_usage;
mod verdicts;
