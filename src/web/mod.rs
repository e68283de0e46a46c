//! What a browser or an API client sees: pages, assets, the API, the live socket.
//!
//! `router` shows every route on one page. Nothing here holds a lock across
//! an await; what is shown comes from the latest snapshot and the log.

mod api;
mod assets;
mod base;
mod catalog;
mod chronicle;
mod connections;
mod credentials;
mod demo;
mod exposition;
mod feed;
mod gate;
mod guard;
mod live;
mod messages;
mod openapi;
mod pages;
mod pem;
mod presence;
mod problem;
mod prometheus;
mod router;
mod start;
mod started;
mod state;
mod suites;
mod tls;
mod token;

pub use assets::build_hash;
pub use base::{BasePath, BasePathError};
pub use catalog::{Catalog, Entry};
pub use connections::{ConnectionLimits, serve};
pub use demo::{Condition, Script, Stage};
pub use gate::{Gate, NotStarted};
pub use guard::Guard;
pub use pages::{DashboardPage, ErrorPage};
pub use pem::PemError;
pub use router::router;
pub use started::{Planned, Started, machine};
pub use state::{App, ClassPicker, Defaults};
pub use tls::{ServerTls, ServerTlsError};
pub use token::Token;
