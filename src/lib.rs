//! Swarmdeck: an interactive load generator.
//!
//! Two planes: shards generate load and count (the data plane), one small
//! runtime merges, serves and decides (the control plane). `ARCHITECTURE.md`
//! walks through both; `tests/it/layers.rs` enforces who may use whom.

pub mod client;
pub mod lab;
pub mod model;
pub mod program;
pub mod scenario;
pub mod web;
