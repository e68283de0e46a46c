//! Our own renderings of a run: summary in, bytes out, one file per format.
//!
//! Everything starts from a [`RunFile`], which is made of a run's last snapshot
//! and its log, read from a file, or taken from Locust's CSV files. Nothing
//! here reads a clock or a file.

mod about;
mod aggregate;
mod baseline;
mod capacity;
mod csv_import;
mod csv_table;
mod from_run;
mod headline;
mod html;
mod json;
mod junit;
mod key_figures;
mod markdown;
mod moment;
mod run_file;
mod sparkline;
mod summary;
mod time_kinds;

pub use about::{About, Machine};
pub use aggregate::aggregate;
pub use csv_import::{CsvError, CsvFile, CsvFiles, import_csv};
pub use html::{HtmlReport, Theme, html, html_policy};
pub use json::json;
pub use junit::junit;
pub use key_figures::worst;
pub use markdown::markdown;
pub use run_file::{
    ClassLine, Environment, LoadLine, ReadingLine, RunFile, RunFileError, RunLine, SCHEMA, TaskLine,
};
pub use summary::summary;
