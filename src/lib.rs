//! Swarmdeck: an interactive load generator.
//!
//! Two planes: shards generate load and count (the data plane), one small
//! runtime merges, serves and decides (the control plane). `ARCHITECTURE.md`
//! walks through both; `tests/it/layers.rs` enforces who may use whom.

pub mod cli;
pub mod client;
pub mod disk;
pub mod engine;
pub mod format;
pub mod lab;
pub mod locust;
pub mod model;
pub mod output;
pub mod probes;
pub mod program;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schedule;
pub mod session;
pub mod stats;
pub mod verdict;
pub mod web;
