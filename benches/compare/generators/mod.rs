//! The programs that are measured, one a file.

mod ab;
mod floor;
mod generator;
mod hey;
mod locust;
mod oha;
mod program;
mod swarmdeck;
mod viewers;
mod wrk;

pub(crate) use floor::run as run_floor;
pub(crate) use generator::{Context, Generator};
pub(crate) use locust::User as LocustUser;
pub(crate) use swarmdeck::{Build, Swarmdeck};
