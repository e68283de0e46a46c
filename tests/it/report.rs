//! Reports: run files, what is read from Locust's files, and each format.

mod commands;
mod csv;
mod formats;
mod page;
mod run_file;
mod sample;
mod suite;
mod texts;
