//! Files on disk: which, when, and what happens if they cannot be written.
//! Their content is made elsewhere.
//!
//! A run never waits for a disk and is never lost to one: files are written on
//! their own threads, and a failed write is reported once and tried again.
//! Files are replaced as a whole, so that readers find the old text or the new
//! one, even after a kill.

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
pub(crate) use ensure_writable::ensure_writable;
pub(crate) use error::OutputError;
pub(crate) use files::{CsvFiles, CsvPlan, CsvStyle};
pub(crate) use logbook::{LogEntry, LogSource, Logbook};
pub(crate) use read::{ReadError, StoredRun, find_runs, read_run};
pub(crate) use recording::Recording;
pub(crate) use reports::{Format, write_report};
pub use reports::{ReportPaths, write_reports};
