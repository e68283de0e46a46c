//! Files on disk: which, when, and what happens when the disk does not take
//! them. What stands in them is made elsewhere.
//!
//! A run never waits for a disk and is never lost to one: files are written
//! on threads of their own, what could not be written is said once and tried
//! again. Files are replaced as a whole, so that a reader, or whoever kills
//! the program, finds the old text or the new one.

mod append_log;
mod atomic;
mod ensure_writable;
mod error;
mod files;
mod logbook;
mod read;
mod recording;
mod reports;

pub use atomic::{WriteError, replace};
pub use ensure_writable::claim;
pub use error::OutputError;
pub use files::{CsvFiles, CsvPlan, CsvStyle};
pub use logbook::{Line, Logbook, Source};
pub use read::{Found, ReadError, find_runs, read_run};
pub use recording::Recording;
pub use reports::{Format, ReportPaths, write_report, write_reports};
