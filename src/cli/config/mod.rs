//! Options come from several places: files, the environment, the command line.
//!
//! Later ones go before earlier ones, option by option: `~/.locust.conf`,
//! `./locust.conf`, `./pyproject.toml`, `./swarmdeck.conf`, the file of
//! `--config`, the environment, the command line. What each may say is taken
//! from the definition of the command line, so no option is listed twice.

pub(crate) mod args;
mod conf;
pub(crate) mod criteria;
mod environment;
mod error;
mod files;
mod limits;
mod merge;
pub(crate) mod options;
pub(crate) mod rails;
#[cfg(test)]
mod reference;
mod resolve;
mod setting;
pub(crate) mod settings;
mod toml;
pub(crate) mod unsupported;
pub(crate) mod values;

pub(super) use error::InputError;
pub(super) use resolve::{Resolved, resolve};
