//! Scenario files: text to a tree with places, to the scenario as people see
//! it, to the program that shards run. Every mistake is found at once.
//!
//! [`load()`] reports everything that does not depend on the host;
//! [`Loaded::compile`] adds the host and cannot find anything else wrong.

mod connection;
mod criterion;
mod data;
mod edit;
mod expr;
mod file;
mod load;
mod lower;
mod probes;
mod request;
mod schema;
mod steps;
mod yaml;

pub use connection::host::HostError;
pub use criterion::criteria::Fit;
pub use criterion::{CriterionError, parse_criterion};
pub use edit::overrides::{Override, OverrideError};
pub use edit::scenario_export::{DiffLine, NotInLines, ScenarioExport};
pub use file::builtin::builtin;
pub use file::disk::SourceError;
pub use file::environment::Environment;
pub use load::timeline::parse_change;
pub use lower::class_selection::ChoiceError;
pub use lower::loader::{Changes, Loaded, Reading, load, read};
pub use lower::run_options::{RunOptions, RunOptionsError, RunTime};
pub use lower::selection::{Selection, Weights};
pub use schema::json_schema::schema;
pub(crate) use schema::json_schema::schema_definitions;
pub(crate) use schema::patterns;
pub use yaml::diagnostic::{Colour, Diagnostic};
pub use yaml::source::Source;
pub use yaml::suggest::did_you_mean;
pub use yaml::units::{DurationError, parse_duration};
