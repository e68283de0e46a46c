//! Every integration test, in one binary: one link, one set of helpers.

#[cfg(target_os = "linux")]
mod benches;
#[cfg(unix)]
mod browser;
mod cli;
mod client;
#[cfg(unix)]
mod conformance;
mod lab;
mod layers;
#[cfg(unix)]
mod probes;
mod report;
mod run;
mod scenario;
mod support;
#[cfg(target_os = "linux")]
mod torture;
mod web;
#[cfg(unix)]
mod wire;
