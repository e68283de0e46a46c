//! Options come from several places: files, the environment, the command line.
//!
//! Later ones go before earlier ones, option by option: `~/.locust.conf`,
//! `./locust.conf`, `./pyproject.toml`, `./swarmdeck.conf`, the file of
//! `--config`, the environment, the command line. What each may say is taken
//! from the definition of the command line, so no option is listed twice.

mod conf;
mod environment;
mod error;
mod files;
mod limits;
mod merge;
#[cfg(test)]
mod reference;
mod resolve;
mod setting;
mod toml;

pub(super) use error::InputError;
pub(super) use resolve::{Resolved, resolve};
