//! Containers, by the API of the Docker engine.
//!
//! API: <https://docs.docker.com/reference/api/engine/>

mod container;
mod engine;
mod exec;
mod frames;
mod logs;
mod stats;

pub(super) use container::Container;
pub(super) use engine::{Engine, first_line};
