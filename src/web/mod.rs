//! What a browser or an API client sees: pages, assets, the API, the live socket.
//!
//! `router` shows every route on one page. Nothing here holds a lock across
//! an await; what is shown comes from the latest snapshot and the log.

mod api;
mod assets;
mod catalog;
mod feed;
mod guard;
mod live;
mod messages;
mod pages;
mod problem;
mod router;
mod state;
mod token;

pub use assets::build_hash;
pub use catalog::{Catalog, Entry};
pub use guard::Guard;
pub use pages::{DashboardPage, ErrorPage};
pub use router::{router, serve};
pub use state::{App, Defaults};
pub use token::Token;
