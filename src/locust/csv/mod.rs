//! Locust's CSV files: commas, quotes only where needed, CRLF at the end of
//! a line. Each file is a function of a snapshot.
//!
//! `response` is a file of our own: Locust does not tell when a request was
//! planned. `guide` holds three files of another style: the columns of a load testing
//! guide that many have copied, with method and path together as the name.

mod exceptions;
mod failures;
mod fields;
mod guide;
mod history;
mod response;
mod stats;

pub use exceptions::exceptions;
pub use failures::failures;
pub use guide::{guide_history, guide_history_header, guide_stats};
pub use history::{Moment, history, history_header};
pub use response::response;
pub use stats::stats;
