//! The dashboard under the hands of an operator, in a real browser.

mod access;
mod charts;
mod classes;
mod demo;
mod keys;
mod limit;
mod logs;
mod operators;
mod plans;
mod play;
mod rails;
mod samples;
mod screenshots;
mod suite;
