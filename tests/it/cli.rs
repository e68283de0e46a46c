//! The program itself: what it says, how it ends.
#![cfg(unix)]

mod ask;
mod autostart;
mod beside;
mod classes;
mod clocks;
mod demo;
mod headless;
mod headless_ends;
mod headless_files;
mod help;
mod hostile;
mod include;
mod limit;
mod options;
mod overrides;
mod precedence;
mod rails;
mod reload;
mod samples;
mod select;
mod shells;
mod stalled;
mod target;
mod try_;
mod usage;
