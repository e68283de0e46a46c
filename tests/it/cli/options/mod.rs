//! Options: as typed, from files and the environment, and what they choose.

mod listing;
mod overrides;
mod selection;
mod sources;
mod target_policy;
mod typed;
