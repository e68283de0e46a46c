//! The web server: pages, assets, the API, the live socket.
//!
//! `router` lists all handlers; each one carries its route and its part of the
//! OpenAPI document. Nothing here holds a lock across an await; what is shown comes from the latest snapshot and the log.

mod api;
mod assets;
mod http;
mod live;
mod monitoring;
mod openapi;
mod pages;
mod router;
mod state;

pub use assets::build_hash;
pub use http::base::{BasePath, BasePathError};
pub use http::connections::{ConnectionLimits, serve};
pub use http::guard::Guard;
pub use http::pem::PemError;
pub use http::tls::{ServerTls, ServerTlsError};
pub use http::token::Token;
pub use pages::{DashboardPage, ErrorPage};
pub use router::router;
pub use state::{App, ClassPicker};
