//! The program itself: what it says, how it ends.
#![cfg(unix)]

mod dashboard;
mod headless;
mod help;
mod hostile;
mod include;
mod options;
mod shells;
mod target;
mod try_;
mod usage;
