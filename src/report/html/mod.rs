//! The report as one page that opens offline: styles, script and figures are
//! in it, and nothing is asked of anybody.

mod assets;
mod charts;
mod page;
mod tables;

pub use assets::html_policy;
pub use page::{HtmlReport, Theme, html};
