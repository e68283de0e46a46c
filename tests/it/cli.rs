//! The program itself: what it says, how it ends.
#![cfg(unix)]

mod demo;
mod include;
mod overrides;
mod reload;
mod try_;
mod usage;
