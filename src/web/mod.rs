//! What a browser or an API client sees: pages and their assets.

mod assets;
mod pages;

pub use assets::{build_hash, serve_asset};
pub use pages::{DashboardPage, ErrorPage};
