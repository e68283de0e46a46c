//! Every integration test, in one binary: one link, one set of helpers.

mod client;
mod lab;
mod layers;
mod scenario;
