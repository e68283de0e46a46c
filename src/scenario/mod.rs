//! Scenario files: text to a tree with places, to the scenario as people see
//! it, to the program that shards run. Every mistake is found at once.
//!
//! [`load`] reports everything that does not depend on the host;
//! [`Loaded::compile`] adds the host and cannot find anything else wrong.

mod body;
mod builtin;
mod capture;
mod check;
mod class;
mod data;
mod deed;
mod destinations;
mod diagnostic;
mod disk;
mod draft;
mod environment;
mod expect;
mod expression;
mod fields;
mod file;
mod files;
mod flow;
mod headers;
mod host;
mod http;
mod include;
mod listed;
mod load;
mod multipart;
mod node;
mod once;
mod order;
mod overrides;
mod reader;
mod recorded;
mod request;
mod route;
mod rows;
mod schema;
mod section;
mod selection;
mod shape;
mod shapes;
mod source;
mod step;
mod suggest;
mod target;
mod template;
mod texts;
mod tls;
mod units;
mod variables;
mod workload;
mod yaml;

pub use builtin::builtin;
pub use diagnostic::{Colour, Diagnostic};
pub use disk::SourceError;
pub use environment::Environment;
pub use host::HostError;
pub use load::{Changes, Loaded, Reading, load, read};
pub use overrides::{Override, OverrideError};
pub use schema::schema;
pub use selection::{Selection, Weights};
pub use source::Source;
pub use suggest::did_you_mean;
pub use units::{DurationError, duration_text, parse_duration};
